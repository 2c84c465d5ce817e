/** An amount is an integer of minor units (cents for EUR, yen for JPY); no float is ever involved. */
export type Money = { amount: number; currency: string }

export const money = (amount: number, currency: string): Money => ({ amount, currency })

export const sum = (amounts: number[]): number => amounts.reduce((a, b) => a + b, 0)

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
export const basisPoints = (amount: number, rate: number): number => ratio(amount, rate, 10_000)

/**
 * Splits `total` in proportion to `weights`, none of them negative, so that the parts add up to it exactly: largest
 * remainders first, earlier parts before later ones. No part exceeds its weight while `total` doesn't exceed their
 * sum. All weights zero: the first part gets everything.
 */
export function allocate(total: number, weights: number[]): number[] {
  if (total === 0) return weights.map(() => 0)
  const all = weights.reduce((sum, weight) => sum + BigInt(weight), 0n)
  if (all === 0n) return weights.map((_, i) => (i === 0 ? total : 0))
  const shares = weights.map((weight, i) => {
    const product = BigInt(total) * BigInt(weight)
    return { i, part: Number(product / all), remainder: product % all }
  })
  const parts = shares.map(({ part }) => part)
  const left = total - sum(parts)
  const byRemainder = shares.sort((a, b) =>
    a.remainder === b.remainder ? a.i - b.i : a.remainder > b.remainder ? -1 : 1
  )
  for (const { i } of byRemainder.slice(0, left)) parts[i] = parts[i]! + 1
  return parts
}
