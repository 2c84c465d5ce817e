import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import type { Ctx } from '../../services/baskets/needs.ts'
import baskets from '../../services/baskets/service.ts'
import { catalogue, type QuotedVariant } from '../../services/products/ports.ts'
import { newId } from '../../shared/kernel/id.ts'
import { providePort } from '../../shared/service/port.ts'
import { checkAnswer } from './contract.ts'
import { fake, hostAlone } from './host-alone.ts'

/** A catalogue in memory, by the letter of its port: prices and stocks change as a test says. */
export class Catalogue {
  readonly variants = new Map<string, QuotedVariant>()
  quotes = 0

  add(terms: Partial<QuotedVariant> = {}): QuotedVariant {
    const variant: QuotedVariant = {
      variant_id: newId('var'),
      product_id: newId('prod'),
      name: 'Shirt',
      ref: 'SHIRT',
      sku: null,
      slug: 'shirt',
      option_values: ['Blue'],
      image_url: null,
      price: 1_000,
      vat_rate: 2_000,
      available: null,
      requires_shipping: true,
      category_ids: [],
      ...terms,
    }
    this.variants.set(variant.variant_id, variant)
    return variant
  }

  quote(wanted: string[]) {
    this.quotes++
    return { variants: wanted.flatMap((id) => this.variants.get(id) ?? []) }
  }
}

type Alone = Awaited<ReturnType<typeof hostAlone>>

/** The baskets service alone, beside a catalogue and people of the test's invention. */
export async function startBaskets() {
  const shelf = new Catalogue()
  const products = fake('products', [
    providePort(catalogue, {
      quote: (_: unknown, { variants }) => Promise.resolve(shelf.quote(variants)),
    }),
  ])
  const alone = await hostAlone(baskets, inject('platform'), { fakes: [products] })
  const visitor = (headers: Record<string, string> = {}) =>
    new Shopper(alone, { 'x-client-ip': randomAddress(), ...headers })
  return {
    shelf,
    visitor,
    async customer(userId = newId('user')) {
      const shopper = visitor(await alone.customer(userId))
      shopper.userId = userId
      return shopper
    },
    staff: async () => visitor(await alone.staff()),
    system: () => alone.system<Ctx>(),
    rows: alone.rows,
    events: alone.events,
    stop: alone.stop,
  }
}

/** Sends requests as one person, keeps the basket token, and holds every answer against its contract. */
export class Shopper {
  userId = ''
  token?: string
  readonly #alone: Alone
  readonly #headers: Record<string, string>

  constructor(alone: Alone, headers: Record<string, string>) {
    this.#alone = alone
    this.#headers = headers
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    expected = 200,
    headers: Record<string, string> = {},
    // deno-lint-ignore no-explicit-any
  ): Promise<any> {
    const response = await this.send(method, path, body, headers)
    if (response.status !== expected) {
      throw new Error(
        `${method} ${path} answered ${response.status} instead of ${expected}: ${
          JSON.stringify(response.body)
        }`,
      )
    }
    return response.body
  }

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await this.#alone.send(method, `/v1${path}`, body, {
      ...this.#headers,
      ...(this.token && { 'basket-token': this.token }),
      ...headers,
    })
    checkAnswer(method, `/v1${path}`, answer)
    this.token = answer.headers['basket-token'] ?? this.token
    return answer
  }

  add(variant: { variant_id: string }, quantity = 1, expected = 200, headers?: Record<string, string>) {
    return this.call(
      'POST',
      '/baskets/items',
      { variant_id: variant.variant_id, quantity },
      expected,
      headers,
    )
  }
  basket() {
    return this.call('GET', '/baskets/current')
  }
  apply(code: string, expected = 200) {
    return this.call('POST', '/baskets/promo-codes', { code }, expected)
  }
}

const randomAddress = () => `10.${[...randomBytes(3)].join('.')}`
