import { Problem } from '../../../shared/errors/problem.ts'
import type { Id } from '../../../shared/kernel/id.ts'
import type { QuotedVariant } from '../../products/ports.ts'

export const MAX_QUANTITY = 99
export const MAX_LINES = 50

/** As it is stored, in JSON. */
export type BasketLine = {
  id: Id<'bli'>
  product_id: Id<'prod'>
  variant_id: Id<'var'>
  /** What the shopper wants; what can be bought of it is found at reading. */
  quantity: number
  /** As the shop had entered it when the quantity was last set, minor units: what a change of price is told against. */
  price: number
  /** Shown when the product is gone. */
  name: string
  product_ref: string
  /** The request that last added to it: another attempt at that request adds nothing. */
  operation_id: Id<'op'>
  /** RFC 3339. */
  added_at: string
}

export type Quotes = ReadonlyMap<Id<'var'>, QuotedVariant>

/** Where a new line takes its id and its time from, and which request it answers. */
export type Stamp = { newId: () => Id<'bli'>; operation_id: Id<'op'>; now: Date }

/**
 * A variant that is there already gets more units. The same request again adds nothing. Throws `not_purchasable`,
 * `out_of_stock`, `validation_failed` beyond 99 units and `conflict` beyond 50 lines.
 */
export function addUnits(
  lines: BasketLine[],
  wanted: { variant_id: Id<'var'>; quantity: number },
  quotes: Quotes,
  stamp: Stamp,
): BasketLine[] {
  const present = lines.find((line) => line.variant_id === wanted.variant_id)
  if (present?.operation_id === stamp.operation_id) return lines
  const quantity = (present?.quantity ?? 0) + wanted.quantity
  const variant = purchasable(quotes.get(wanted.variant_id), quantity)
  if (quantity > MAX_QUANTITY) throw tooMany(present?.quantity ?? 0)
  if (!present && lines.length >= MAX_LINES) {
    throw new Problem('conflict', `A basket holds at most ${MAX_LINES} lines`)
  }
  const { operation_id, now } = stamp
  const { id, added_at } = present ?? { id: stamp.newId(), added_at: now.toISOString() }
  const line = { ...offered(variant), id, added_at, operation_id, quantity }
  return present ? lines.map((each) => each === present ? line : each) : [...lines, line]
}

/** Taking fewer is always possible; more needs the price and the stock. Throws as `addUnits` does, and `not_found`. */
export function setQuantity(
  lines: BasketLine[],
  id: Id<'bli'>,
  quantity: number,
  quotes: Quotes,
): BasketLine[] {
  const present = lines.find((line) => line.id === id)
  if (!present) throw new Problem('not_found')
  if (present.quantity === quantity) return lines
  const quoted = quotes.get(present.variant_id)
  const variant = quantity > present.quantity ? purchasable(quoted, quantity) : quoted
  const line = variant && variant.price !== null
    ? { ...present, ...offered(variant), quantity }
    : { ...present, quantity }
  return lines.map((each) => each === present ? line : each)
}

export function withoutLine(lines: BasketLine[], id: Id<'bli'>): BasketLine[] {
  const left = lines.filter((line) => line.id !== id)
  if (left.length === lines.length) throw new Problem('not_found')
  return left
}

/** A guest's lines come to those of the account: summed up to 99 units, and as many as there is room for. */
export function mergeLines(
  lines: BasketLine[],
  guest: BasketLine[],
  newId: () => Id<'bli'>,
): { lines: BasketLine[]; dropped: BasketLine[] } {
  const merged = new Map(lines.map((line) => [line.variant_id, line]))
  const dropped: BasketLine[] = []
  for (const line of guest) {
    const present = merged.get(line.variant_id)
    const quantity = Math.min((present?.quantity ?? 0) + line.quantity, MAX_QUANTITY)
    if (present) merged.set(line.variant_id, { ...present, quantity })
    else if (merged.size < MAX_LINES) merged.set(line.variant_id, { ...line, id: newId() })
    else dropped.push(line)
  }
  return { lines: [...merged.values()], dropped }
}

/** What an order left of the basket it was made from: units and lines that came in while it was being placed. */
export function unordered<L extends { variant_id: Id<'var'>; quantity: number }>(
  lines: L[],
  ordered: { variant_id: Id<'var'>; quantity: number }[],
): { line: L; ordered: number; left: number }[] {
  return lines.flatMap((line) => {
    const taken = ordered.filter((each) => each.variant_id === line.variant_id)
      .reduce((sum, each) => sum + each.quantity, 0)
    return line.quantity > taken ? [{ line, ordered: taken, left: line.quantity - taken }] : []
  })
}

function purchasable(variant: QuotedVariant | undefined, quantity: number): QuotedVariant {
  if (!variant || variant.price === null) throw new Problem('not_purchasable')
  const { variant_id, available } = variant
  if (available !== null && available < quantity) {
    throw new Problem('out_of_stock', undefined, { lines: [{ variant_id, wanted: quantity, available }] })
  }
  return variant
}

/** What a line keeps of the catalogue. */
const offered = (variant: QuotedVariant) => ({
  product_id: variant.product_id,
  variant_id: variant.variant_id,
  price: variant.price!,
  name: variant.name.slice(0, 255),
  product_ref: variant.ref.slice(0, 255),
})

const tooMany = (present: number) =>
  new Problem('validation_failed', undefined, {
    errors: [{
      pointer: '/quantity',
      message: present > 0
        ? `at most ${MAX_QUANTITY} of a variant, and ${present} are in the basket`
        : `at most ${MAX_QUANTITY} of a variant`,
    }],
  })
