import { asc, eq } from 'drizzle-orm'
import type { Executor } from '../../../../shared/db/database.ts'
import { found, onDuplicate } from '../../../../shared/db/rows.ts'
import { vatRates } from '../../schema.ts'
import type { VatRate } from '../../shapes/vat-rate.ts'

type Row = typeof vatRates.$inferSelect
export type VatRateId = Row['id']

/** All rates, changed one at a time: exactly one of them is the default, whoever else makes another so. */
export const lockVatRates = (tx: Executor): Promise<Row[]> =>
  tx.select().from(vatRates).orderBy(asc(vatRates.id)).for('update')

/** One of them, and the others wait too. Throws `not_found`. */
export const lockVatRate = async (tx: Executor, id: VatRateId): Promise<Row> =>
  found((await lockVatRates(tx)).filter((row) => row.id === id))

export const clearDefault = (tx: Executor) =>
  tx.update(vatRates).set({ is_default: null }).where(eq(vatRates.is_default, true))

export const showVatRate = ({ id, name, rate, country_code, is_default }: Row): VatRate => ({
  id,
  name,
  rate,
  country_code,
  is_default: is_default === true,
})

export const refuseTaken = onDuplicate({ vat_rates_name: 'A rate has this name already' })
