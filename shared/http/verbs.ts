import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ExpectedVersions } from '../db/rows.ts'
import type { ProblemCode } from '../errors/codes.ts'
import { Page, PageQuery } from './pagination.ts'
import { json, noContent, ok } from './route.ts'
import { expectedVersions, versioned } from './versions.ts'

/*
 * The usual verbs, each in two halves. `lists` is what their contracts have in common, to be spread into `route`; it takes
 * the codes that they may refuse with beside those of their kind. `listed` is their handler: it calls an operation and
 * answers with what that returns.
 *
 *     const list = route({ ...lists(VatRate), operationId: 'listVatRates', path: '/vat-rates', summary: '…', … })
 *     app.openapi(list, listed(listVatRates))
 */

export const lists = <T extends z.ZodType, Q extends z.ZodRawShape = Record<never, never>>(
  item: T,
  query = {} as Q,
  ...problems: ProblemCode[]
) => ({
  method: 'get' as const,
  request: { query: z.object({ ...PageQuery(), ...query }) },
  responses: { 200: ok(Page(item), 'A page of them') },
  problems: ['invalid_cursor' as const, ...problems],
})

export const gets = <P extends z.ZodObject, T extends z.ZodType>(
  params: P,
  item: T,
  ...problems: ProblemCode[]
) => ({
  method: 'get' as const,
  request: { params },
  responses: { 200: ok(item, 'The resource') },
  problems: ['not_found' as const, ...problems],
})

export const creates = <B extends z.ZodType, T extends z.ZodType>(
  body: B,
  item: T,
  ...problems: ProblemCode[]
) => ({
  method: 'post' as const,
  idempotent: true as const,
  request: { body: json(body) },
  responses: { 201: ok(item, 'As it was made') },
  problems,
})

export const updates = <P extends z.ZodObject, B extends z.ZodType, T extends z.ZodType>(
  params: P,
  body: B,
  item: T,
  ...problems: ProblemCode[]
) => ({
  method: 'patch' as const,
  request: { params, body: json(body) },
  responses: { 200: ok(item, 'As it is now') },
  problems: ['not_found' as const, ...problems],
})

/** For resources that count their versions: `updates` with `If-Match`. */
export const updatesVersion = <P extends z.ZodObject, B extends z.ZodType, T extends z.ZodType>(
  params: P,
  body: B,
  item: T,
  ...problems: ProblemCode[]
) => ({
  ...updates(params, body, item, 'precondition_required', 'precondition_failed', ...problems),
  request: { params, body: json(body), headers: IfMatch },
})

/** A field's own verb, done to a resource: POST, with a body that says how. */
export const acts = <P extends z.ZodObject, B extends z.ZodType, T extends z.ZodType>(
  params: P,
  body: B,
  item: T,
  ...problems: ProblemCode[]
) => ({ ...updates(params, body, item, ...problems), method: 'post' as const, idempotent: true as const })

export const deletes = <P extends z.ZodObject>(params: P, ...problems: ProblemCode[]) => ({
  method: 'delete' as const,
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found' as const, ...problems],
})

/** `operation(ctx, query)`. */
export const listed =
  <C, Q, T extends object>(operation: (ctx: C, query: Q) => Promise<T>) =>
  async (c: Asked<C, { query: Q }>) => c.json(await operation(c.var.ctx, c.req.valid('query')), 200)

/** `operation(ctx, id)`. `key` is the name of the parameter of the path; so it is in the others. */
export const got = <C, I, T extends object, const K extends string = 'id'>(
  operation: (ctx: C, id: I) => Promise<T>,
  key = 'id' as K,
) =>
async (c: Asked<C, { param: Record<K, I> }>) =>
  versioned(c, await operation(c.var.ctx, c.req.valid('param')[key]), 200)

/** `operation(ctx, body)`. */
export const created =
  <C, B, T extends object>(operation: (ctx: C, body: B) => Promise<T>) => async (c: Asked<C, { json: B }>) =>
    versioned(c, await operation(c.var.ctx, c.req.valid('json')), 201)

/** `operation(ctx, id, body)`: of `updates` and of `acts`. */
export const updated = <C, I, B, T extends object, const K extends string = 'id'>(
  operation: (ctx: C, id: I, body: B) => Promise<T>,
  key = 'id' as K,
) =>
async (c: Asked<C, { param: Record<K, I>; json: B }>) =>
  versioned(c, await operation(c.var.ctx, c.req.valid('param')[key], c.req.valid('json')), 200)

/** `operation(ctx, id, expected, body)`: see `expectedVersions`. */
export const updatedVersion = <C, I, B, T extends object, const K extends string = 'id'>(
  operation: (ctx: C, id: I, expected: ExpectedVersions, body: B) => Promise<T>,
  key = 'id' as K,
) =>
async (c: Asked<C, { param: Record<K, I>; json: B }>) => {
  const { ctx } = c.var
  return versioned(
    c,
    await operation(ctx, c.req.valid('param')[key], expectedVersions(c), c.req.valid('json')),
    200,
  )
}

/** `operation(ctx, id)`. */
export const deleted =
  <C, I, const K extends string = 'id'>(operation: (ctx: C, id: I) => Promise<void>, key = 'id' as K) =>
  async (c: Asked<C, { param: Record<K, I> }>) => {
    await operation(c.var.ctx, c.req.valid('param')[key])
    return c.body(null, 204)
  }

/** As much of Hono's `Context` as these need: any route whose validators let such values through has it. */
type Asked<C, Valid> = {
  var: { ctx: C }
  req: { header(name: string): string | undefined } & ValidOf<Valid>
  json: Context['json']
  body: Context['body']
}
type ValidOf<Valid> =
  & (Valid extends { query: infer Q } ? { valid(target: 'query'): Q } : unknown)
  & (Valid extends { param: infer P } ? { valid(target: 'param'): P } : unknown)
  & (Valid extends { json: infer B } ? { valid(target: 'json'): B } : unknown)

/** Optional here, so that a missing one is 428 and not a fault of validation. */
export const IfMatch = z.object({
  'if-match': z.string().optional().openapi({
    description: 'The ETag you last read; a list and `*` are fine too (RFC 9110)',
    example: '"v3"',
  }),
})
