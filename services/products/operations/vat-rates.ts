import { and, asc, eq, gt, or } from 'drizzle-orm'
import { affectedRows, type Executor, isDuplicate } from '../../../shared/db/database.ts'
import { Problem } from '../../../shared/errors/problem.ts'
import { decodeCursor, encodeCursor, type Page, page } from '../../../shared/http/pagination.ts'
import type { Ctx } from '../needs.ts'
import { vatRates } from '../schema.ts'
import type { NewVatRate, VatRate, VatRateChanges } from '../shapes/vat-rate.ts'

type Row = typeof vatRates.$inferSelect
type VatRateId = Row['id']

export async function listVatRates(
  ctx: Ctx,
  query: { limit: number; cursor?: string },
): Promise<Page<VatRate>> {
  const after = decodeCursor('rate', 2, query.cursor) as [number, VatRateId] | undefined
  const rows = await ctx.db.select().from(vatRates)
    .where(
      after && or(gt(vatRates.rate, after[0]), and(eq(vatRates.rate, after[0]), gt(vatRates.id, after[1]))),
    )
    .orderBy(asc(vatRates.rate), asc(vatRates.id))
    .limit(query.limit + 1)
  return page(rows, query.limit, (row) => encodeCursor('rate', [row.rate, row.id]), show)
}

export async function getVatRate(ctx: Ctx, id: VatRateId): Promise<VatRate> {
  return show(await fetchVatRate(ctx.db, id))
}

/** A new default takes the place of the old one. */
export async function createVatRate(ctx: Ctx, input: NewVatRate): Promise<VatRate> {
  return await ctx.transaction(async (tx) => {
    const row = { ...asStored(input), id: ctx.newId('vat'), created_at: ctx.now(), updated_at: ctx.now() }
    if (row.is_default) await clearDefault(tx)
    await tx.insert(vatRates).values(row).catch(refuseDuplicate)
    tx.audit('vat_rate.created', row.id, input)
    return show(await fetchVatRate(tx, row.id))
  })
}

export async function changeVatRate(ctx: Ctx, id: VatRateId, changes: VatRateChanges): Promise<VatRate> {
  return await ctx.transaction(async (tx) => {
    await fetchVatRate(tx, id)
    if (changes.is_default) await clearDefault(tx)
    await tx.update(vatRates).set({ ...asStored(changes), updated_at: ctx.now() }).where(eq(vatRates.id, id))
      .catch(refuseDuplicate)
    tx.audit('vat_rate.updated', id, changes)
    return show(await fetchVatRate(tx, id))
  })
}

/** Throws `in_use` for the default rate: something has to apply to products without one of their own. */
export async function deleteVatRate(ctx: Ctx, id: VatRateId): Promise<void> {
  await ctx.transaction(async (tx) => {
    const row = await fetchVatRate(tx, id)
    if (row.is_default) throw new Problem('in_use', 'Make another rate the default first')
    if (affectedRows(await tx.delete(vatRates).where(eq(vatRates.id, id))) === 0) {
      throw new Problem('not_found')
    }
    tx.audit('vat_rate.deleted', id)
  })
}

async function fetchVatRate(db: Executor, id: VatRateId): Promise<Row> {
  const [row] = await db.select().from(vatRates).where(eq(vatRates.id, id))
  if (!row) throw new Problem('not_found')
  return row
}

const clearDefault = (tx: Executor) =>
  tx.update(vatRates).set({ is_default: null }).where(eq(vatRates.is_default, true))

const asStored = <T extends VatRateChanges>(input: T) => ({
  ...input,
  ...(input.is_default !== undefined && { is_default: input.is_default || null }),
})

const show = ({ id, name, rate, country_code, is_default }: Row): VatRate => ({
  id,
  name,
  rate,
  country_code,
  is_default: is_default === true,
})

function refuseDuplicate(error: unknown): never {
  if (isDuplicate(error, 'vat_rates_name')) {
    throw new Problem('already_exists', 'A rate has this name already')
  }
  throw error
}
