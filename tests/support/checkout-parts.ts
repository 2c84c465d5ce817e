import { inject } from 'vitest'
import { checkout } from '../../services/baskets/ports.ts'
import type { Ctx } from '../../services/orders/needs.ts'
import { resume } from '../../services/orders/operations/orders/resume.ts'
import orders from '../../services/orders/service.ts'
import { inventory } from '../../services/products/ports.ts'
import { Problem } from '../../shared/errors/problem.ts'
import { type Id, newId } from '../../shared/kernel/id.ts'
import { providePort } from '../../shared/service/port.ts'
import type { Service } from '../../shared/service/service.ts'
import { fake, hostAlone } from './host-alone.ts'

export const LEASE_MS = 500

type Held = { variant: string; quantity: number }[]
type Step = 'read' | 'redeem' | 'unredeem' | 'convert' | 'reserve' | 'release'

/** The neighbours of the checkout, in memory, by the letter of their ports; and ways to make them fail. */
export class Neighbours {
  readonly stock = new Map<string, number>()
  readonly held = new Map<string, Held>()
  readonly redeemed = new Set<string>()
  readonly converted = new Set<string>()
  readonly #gone = new Set<string>()
  readonly calls: string[] = []
  /** Runs around a step: throw before or after `effect`, or never come back. */
  faults: Partial<Record<Step, (effect: () => unknown) => Promise<unknown>>> = {}
  lines: { variant: Id<'var'>; quantity: number }[] = []
  codes: Id<'promo'>[] = []
  refused: { promo_code_id: Id<'promo'>; code: string; reason: 'not_valid' }[] = []
  basketId = newId('bask')
  reservedForMs = 600_000

  async #step<T>(step: Step, effect: () => T): Promise<T> {
    this.calls.push(step)
    const fault = this.faults[step]
    return await (fault ? fault(effect) as Promise<T> : effect())
  }

  read() {
    return this.#step('read', () => ({
      basket: {
        id: this.basketId,
        version: 1,
        free_shipping: false,
        promo_codes: this.codes.map((promo_code_id) => ({
          promo_code_id,
          code: 'TEN',
          discount: { net: 100, gross: 120 },
        })),
        refused_codes: this.refused,
        lines: this.lines.map(({ variant, quantity }, i) => ({
          discount: i === 0 ? 100 * this.codes.length : 0,
          line_id: newId('bli'),
          variant_id: variant,
          product_id: newId('prod'),
          name: 'Shirt',
          ref: 'SHIRT',
          sku: null,
          slug: 'shirt',
          option_values: [],
          image_url: null,
          price: 1_000,
          vat_rate: 2_000,
          available: null,
          requires_shipping: true,
          category_ids: [],
          quantity,
        })),
      },
    }))
  }

  redeem(order: string) {
    return this.#step('redeem', () => {
      if (this.#gone.has(order)) throw new Problem('promo_code_refused')
      this.redeemed.add(order)
      return {}
    })
  }

  unredeem(order: string) {
    return this.#step('unredeem', () => (this.redeemed.delete(order), this.#gone.add(order), {}))
  }

  convert(order: string) {
    return this.#step('convert', () => (this.converted.add(order), {}))
  }

  reserve(order: string, lines: { variant_id: string; quantity: number }[]) {
    return this.#step('reserve', () => {
      if (this.#gone.has(order)) throw new Problem('conflict')
      const expires_at = new Date(Date.now() + this.reservedForMs).toISOString()
      if (this.held.has(order)) return { expires_at }
      const short = lines.filter((line) => (this.stock.get(line.variant_id) ?? 0) < line.quantity)
      if (short.length > 0) throw new Problem('out_of_stock', undefined, { lines: short })
      for (const { variant_id, quantity } of lines) {
        this.stock.set(variant_id, this.stock.get(variant_id)! - quantity)
      }
      this.held.set(order, lines.map(({ variant_id, quantity }) => ({ variant: variant_id, quantity })))
      return { expires_at }
    })
  }

  release(order: string) {
    return this.#step('release', () => {
      for (const { variant, quantity } of this.held.get(order) ?? []) {
        this.stock.set(variant, this.stock.get(variant)! + quantity)
      }
      this.held.delete(order)
      this.#gone.add(order)
      return {}
    })
  }
}

/** The orders service alone, with neighbours of the test's invention; whoever asks is staff, and the customer. */
export async function startOrders() {
  const neighbours = new Neighbours()
  const alone = await hostAlone(orders, inject('platform'), {
    fakes: fakes(neighbours),
    env: { CHECKOUT_LEASE_MS: String(LEASE_MS) },
  })
  await orders.seed!(alone.system(), { permissions: [], roles: {} })
  const caller = await alone.staff()
  return {
    neighbours,
    /** Work of a process that starts after the lease of the one that stopped. */
    async recover() {
      await new Promise((resolve) => setTimeout(resolve, LEASE_MS + 50))
      await resume(alone.system<Ctx>())
    },
    post: (path: string, body: unknown, key?: string) =>
      alone.send('POST', path, body, { ...caller, ...(key && { 'idempotency-key': key }) }),
    rows: alone.rows,
    stop: alone.stop,
  }
}

const fakes = (neighbours: Neighbours): Service[] => [
  fake('baskets', [providePort(checkout, {
    read: () => neighbours.read(),
    redeem: (_: unknown, { order_id }) => neighbours.redeem(order_id),
    unredeem: (_: unknown, { order_id }) => neighbours.unredeem(order_id),
    convert: (_: unknown, { order_id }) => neighbours.convert(order_id),
  })]),
  fake('products', [providePort(inventory, {
    reserve: (_: unknown, { order_id, lines }) => neighbours.reserve(order_id, lines),
    release: (_: unknown, { order_id }) => neighbours.release(order_id),
  })]),
]

export const address = {
  name: 'Alice Martin',
  line1: '12 rue des Lilas',
  city: 'Lyon',
  postal_code: '69003',
  country: 'FR',
}
/** Two shirts at 10.00 and the standard shipping, both without VAT. */
export const TOTAL = 2 * 1_200 + 588
export const newOrder = {
  billing_address: address,
  shipping_method: 'standard',
  payment_method: 'manual',
  expected_total: TOTAL,
}
