import { eq, inArray } from 'drizzle-orm'
import type { Tx } from '../../../../shared/service/context.ts'
import { availableOf, flips } from '../../domain/stock.ts'
import type { Ctx } from '../../needs.ts'
import { products, type ReservedLine, variants } from '../../schema.ts'
import { announceStock } from '../../writes/announce-stock.ts'
import { announceCatalogue } from '../../writes/catalogue-changed.ts'
import { type ProductId, refreshProducts } from '../../writes/refresh-products.ts'

export type OrderId = `ord_${string}`
export type OrderLine = { variant_id: `var_${string}`; quantity: number }
export type Shortage = { variant_id: `var_${string}`; requested: number; available: number }

/** By how much the stock of a variant, and what of it nobody holds, have just changed. */
export type Move = { variant_id: `var_${string}`; stock: number; free: number }

/**
 * Tells of stock that has changed, and of what can be bought no more, or again. One statement, and those of
 * `refreshProducts` for the latter.
 */
export async function announceMoves(ctx: Ctx, tx: Tx, moves: Move[], reason: string): Promise<void> {
  if (moves.length === 0) return
  const rows = await tx.select({ variant: variants, ref: products.ref }).from(
    variants,
  )
    .innerJoin(products, eq(products.id, variants.product_id))
    .where(inArray(variants.id, moves.map((move) => move.variant_id)))
  const byVariant = new Map(moves.map((move) => [move.variant_id, move]))
  const flipped: ProductId[] = []
  for (const { variant, ref } of rows) {
    const { stock, free } = byVariant.get(variant.id)!
    announceStock(tx, variant, ref, variant.stock - stock, reason)
    if (flips(variant, free)) flipped.push(variant.product_id)
  }
  await announceFlips(ctx, tx, flipped)
}

/** The first unit came, or the last one went, of a variant of these products. */
export async function announceFlips(ctx: Ctx, tx: Tx, ids: ProductId[]): Promise<void> {
  if (ids.length === 0) return
  const { isSeen } = await refreshProducts(ctx, tx, [...new Set(ids)])
  if (isSeen) announceCatalogue(ctx, tx)
}

/** Of lines that could not be counted, those that needed to be: not so without tracking, nor on backorder. */
export function shortagesOf(lines: OrderLine[], rows: (typeof variants.$inferSelect)[]): Shortage[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return lines.flatMap(({ variant_id, quantity }) => {
    const variant = byId.get(variant_id)
    if (variant && availableOf(variant) === null) return []
    return [{ variant_id, requested: quantity, available: variant ? availableOf(variant)! : 0 }]
  })
}

/** An order's lines as its reservation keeps them. */
export const counting = (lines: OrderLine[], counted: OrderLine[]): ReservedLine[] =>
  lines.map((line) => ({ ...line, counted: counted.includes(line) }))

/** What can be taken from the free stock of these rows, which nobody else changes meanwhile. */
export function countable(lines: OrderLine[], rows: (typeof variants.$inferSelect)[]): OrderLine[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return lines.filter(({ variant_id, quantity }) => {
    const variant = byId.get(variant_id)
    return variant?.tracks_stock && variant.stock - variant.reserved >= quantity
  })
}
