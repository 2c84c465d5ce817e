import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, send } from './http.ts'

export type ImportState = {
  id: string
  status: string
  total: number
  processed: number
  [figure: string]: unknown
}

const IMPORTED_WITHIN_MS = 600_000

/** A shop's API as one person uses it, through the edge. */
export class ShopApi {
  readonly url: string
  readonly host: string
  token?: string
  basketToken?: string

  constructor(url: string, host: string) {
    this.url = url
    this.host = host
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string | undefined> = {},
  ): Promise<Answer> {
    const answer = await send({
      url: this.url,
      host: this.host,
      method,
      path,
      body,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        'basket-token': this.basketToken,
        ...headers,
      },
    })
    this.basketToken = answer.headers['basket-token'] ?? this.basketToken
    return answer
  }

  /** As `call`, but any other status is an error with the answer's text. */
  async expect(
    status: number,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer> {
    const answer = await this.call(method, path, body, headers)
    if (answer.status !== status) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text.slice(0, 500)}`)
    }
    return answer
  }

  /** False when this is not the password of the account. */
  async signIn(email: string, password: string): Promise<boolean> {
    const { status, body } = await this.call('POST', '/v1/auth/login', { email, password })
    if (status === 200) this.token = body.access_token
    return status === 200
  }

  /** Chooses the password of the account that was invited, and signs in. */
  async acceptInvitation(token: string, password: string): Promise<void> {
    const { body } = await this.expect(200, 'POST', '/v1/auth/invitations/accept', { token, password })
    this.token = body.access_token
  }

  /** Sends a product CSV and waits until it is imported. Throws when it fails as a whole. */
  async importCatalogue(
    csv: Uint8Array,
    onProgress: (state: ImportState) => void = () => {},
  ): Promise<ImportState> {
    const begun = await this.expect(202, 'POST', '/v1/admin/product-imports', csv, {
      'content-type': 'text/csv',
    })
    const until = Date.now() + IMPORTED_WITHIN_MS
    while (Date.now() < until) {
      const { body } = await this.expect(200, 'GET', `/v1/admin/product-imports/${begun.body.id}`)
      onProgress(body)
      if (body.status === 'done') return body
      if (body.status === 'failed') {
        throw new Error(`the import failed: ${JSON.stringify(body.problems).slice(0, 500)}`)
      }
      await sleep(50)
    }
    throw new Error('the import takes too long')
  }
}
