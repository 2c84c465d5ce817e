/** An amount is an integer of minor units (cents for EUR); no float is ever involved. */
export type Money = { amount: number; currency: string }

export const money = (amount: number, currency: string): Money => ({ amount, currency })

/** `numerator / denominator` rounded half up (away from zero below it), exact for 15-digit products. */
export function divideHalfUp(numerator: number, denominator: number): number {
  const half = (Math.abs(numerator) * 2 + denominator) / (denominator * 2)
  const rounded = Math.floor(half)
  return numerator < 0 ? -rounded : rounded
}

/**
 * `amount` × `numerator` / `denominator`, rounded half up (away from zero below it). Exact whatever the product:
 * beyond 2^53 it is taken with BigInt.
 */
export function ratio(amount: number, numerator: number, denominator: number): number {
  const doubled = Math.abs(amount) * numerator * 2 + denominator
  const size = Number.isSafeInteger(doubled)
    ? (doubled - doubled % (denominator * 2)) / (denominator * 2)
    : Number(
      (BigInt(Math.abs(amount)) * BigInt(numerator) * 2n + BigInt(denominator)) / BigInt(denominator * 2),
    )
  return amount < 0 && size !== 0 ? -size : size
}

/** A share in basis points (10,000 = 100 %), rounded half up. */
export const basisPoints = (amount: number, rate: number): number => divideHalfUp(amount * rate, 10_000)

/**
 * Splits `total` in proportion to `weights` so that the parts add up to it exactly: largest remainders
 * first, earlier parts before later ones. All weights zero: the first part gets everything.
 */
export function allocate(total: number, weights: number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  if (sum === 0) return weights.map((_, i) => (i === 0 ? total : 0))
  const parts = weights.map((weight) => Math.floor((total * weight) / sum))
  const order = weights
    .map((weight, i) => ({ i, remainder: (total * weight) % sum }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i)
  let left = total - parts.reduce((a, b) => a + b, 0)
  for (const { i } of order) {
    if (left-- <= 0) break
    parts[i] = parts[i]! + 1
  }
  return parts
}
