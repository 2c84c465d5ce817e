import { z } from '@hono/zod-openapi'
import type { ProblemCode } from '../errors/codes.ts'
import { Page, PageQuery } from './pagination.ts'
import { json, noContent, ok } from './route.ts'

/**
 * What contracts of the usual verbs have in common, to be spread into `route`. Each takes the codes that it may refuse
 * with beside those of its kind.
 *
 *     route({ ...lists(VatRate), operationId: 'listVatRates', path: '/vat-rates', summary: '…', tags, access: 'public' })
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

export const deletes = <P extends z.ZodObject>(params: P, ...problems: ProblemCode[]) => ({
  method: 'delete' as const,
  request: { params },
  responses: { 204: noContent },
  problems: ['not_found' as const, ...problems],
})

/** Optional here, so that a missing one is 428 and not a fault of validation. */
export const IfMatch = z.object({
  'if-match': z.string().optional().openapi({
    description: 'The ETag you last read; a list and `*` are fine too (RFC 9110)',
    example: '"v3"',
  }),
})
