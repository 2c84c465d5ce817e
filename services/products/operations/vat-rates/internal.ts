import { asc, eq } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import { found, onDuplicate } from '../../../../shared/db/rows.ts'
import { vatRates } from '../../schema.ts'
import type { VatRate, VatRateChanges } from '../../shapes/vat-rate.ts'

type Row = typeof vatRates.$inferSelect
export type VatRateId = Row['id']

/** Throws `not_found`. */
export async function fetchVatRate(db: Executor, id: VatRateId): Promise<Row> {
  return found(await db.select().from(vatRates).where(eq(vatRates.id, id)))
}

/** All rates, changed one at a time: exactly one of them is the default, whoever else makes another so. */
export async function lockVatRates(tx: Executor): Promise<Map<VatRateId, Row>> {
  const rows = await tx.select().from(vatRates).orderBy(asc(vatRates.id)).for('update')
  return new Map(rows.map((row) => [row.id, row]))
}

export const clearDefault = (tx: Executor) =>
  tx.update(vatRates).set({ is_default: null }).where(eq(vatRates.is_default, true))

export const asStored = <T extends VatRateChanges>(input: T) => ({
  ...input,
  ...(input.is_default !== undefined && { is_default: input.is_default || null }),
})

export const showVatRate = ({ id, name, rate, country_code, is_default }: Row): VatRate => ({
  id,
  name,
  rate,
  country_code,
  is_default: is_default === true,
})

export const refuseTaken = onDuplicate({ vat_rates_name: 'A rate has this name already' })
