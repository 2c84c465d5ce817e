import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, send } from './http.ts'

export type ShopSpec = {
  company_name: string
  plan?: 'standard' | 'premium' | 'business'
  subdomain?: string
  currency?: string
  prices_include_vat?: boolean
  owner: { email: string; first_name: string; last_name: string }
}
export type ShopRecord = { id: string; domain: string; website: string }

const PROVISIONED_WITHIN_MS = 60_000

/** The platform's own API, as an operator uses it. */
export class PlatformApi {
  readonly #url: string
  readonly #token: string
  readonly #host: string

  constructor(url: string, token: string, host = 'platform.localhost') {
    this.#url = url
    this.#token = token
    this.#host = host
  }

  call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string | undefined> = {},
  ): Promise<Answer> {
    const authorization = `Bearer ${this.#token}`
    return send({
      url: this.#url,
      host: this.#host,
      method,
      path,
      body,
      headers: { authorization, ...headers },
    })
  }

  /** Makes a shop and waits until it answers. Throws with the reason when it can't be made. */
  async createShop(spec: ShopSpec): Promise<ShopRecord> {
    const made = await this.call('POST', '/platform/v1/tenants', spec)
    if (made.status !== 202) throw new Error(`tenant not made: ${made.status} ${made.text}`)
    return await this.untilActive(made.body.id)
  }

  /** The shop that answers at this domain. */
  async idOf(domain: string): Promise<string> {
    for (let cursor = '';;) {
      const { body } = await this.call('GET', `/platform/v1/tenants?limit=100${cursor}`)
      const found = body.data.find((tenant: { websites: { domain: string }[] }) =>
        tenant.websites.some((website) => website.domain === domain)
      )
      if (found) return found.id
      if (!body.has_more) throw new Error(`no shop answers at ${domain}`)
      cursor = `&cursor=${body.next_cursor}`
    }
  }

  /** The token with which the owner of a shop chooses a password. One made before is worth nothing any more. */
  async inviteOwner(id: string): Promise<string> {
    const made = await this.call('POST', `/platform/v1/tenants/${id}/owner-invitations`)
    if (made.status !== 201) throw new Error(`owner not invited: ${made.status} ${made.text}`)
    return made.body.token
  }

  async untilActive(id: string): Promise<ShopRecord> {
    const until = Date.now() + PROVISIONED_WITHIN_MS
    while (Date.now() < until) {
      const { status, body } = await this.call('GET', `/platform/v1/tenants/${id}`).catch(() => ({
        status: 0,
        body: undefined,
      }))
      if (status === 200 && body.status === 'active') {
        return { id, domain: body.websites[0].domain, website: body.websites[0].id }
      }
      if (status === 200 && body.status === 'failed') {
        throw new Error(`tenant ${id} failed: ${body.provisioning?.error}`)
      }
      await sleep(25)
    }
    throw new Error(`tenant ${id} is not active after ${PROVISIONED_WITHIN_MS / 1000} s`)
  }
}
