import { z } from '@hono/zod-openapi'
import { Problem } from '../../../shared/errors/problem.ts'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { getImport, listImports } from '../operations/import/import-rows.ts'
import { startImport } from '../operations/import/start-import.ts'
import type { Ctx } from '../needs.ts'
import { ProductImport, ProductImportCard } from '../shapes/product-import.ts'

const tags = ['Product imports']

const FILE_TYPES = ['text/csv', 'text/plain', 'application/octet-stream'] as const
const file = {
  schema: z.string().openapi({ format: 'binary', example: 'Handle,Title,Variant Price\nmug,Mug,9.90\n' }),
}

const create = route({
  operationId: 'importProducts',
  method: 'post',
  path: '/admin/product-imports',
  summary: 'Import a product file of Shopify: runs in the background. The same file again changes nothing',
  description:
    'Products are matched by handle, variants by their option values. Prices are taken as net, in the currency of ' +
    'the shop. What the file leaves blank stays as it is, but for tags and compare-at prices. Variants that the file no ' +
    'longer has are removed, unless pending orders hold them. What cannot be read is reported by its line and does not stop the rest.',
  tags,
  access: 'products.create',
  request: {
    body: {
      description: 'At most 50 MB; UTF-8, UTF-16 or Windows-1252; comma, semicolon or tab',
      required: true,
      content: { 'text/csv': file, 'text/plain': file, 'application/octet-stream': file },
    },
  },
  responses: {
    202: {
      ...ok(ProductImportCard, 'The import, begun'),
      headers: z.object({ location: z.string().openapi({ description: 'Where its progress is' }) }),
    },
  },
})

const list = route({
  operationId: 'listProductImports',
  method: 'get',
  path: '/admin/product-imports',
  summary: 'List the imports, newest first',
  tags,
  access: 'products.create',
  request: { query: z.object(PageQuery()) },
  responses: { 200: ok(Page(ProductImportCard), 'A page of imports') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'getProductImport',
  method: 'get',
  path: '/admin/product-imports/{id}',
  summary: 'The progress of an import, and what was wrong with its file',
  tags,
  access: 'products.create',
  request: { params: z.object({ id: Id('imp') }) },
  responses: { 200: ok(ProductImport, 'The import') },
  problems: ['not_found'],
})

export const productImports: Endpoints<Ctx> = (app) => {
  app.openapi(create, async (c) => {
    const type = (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
    if (!FILE_TYPES.some((each) => each === type)) {
      throw new Problem('unsupported_media_type', `Use ${FILE_TYPES.join(', ')}`)
    }
    const started = await startImport(c.var.ctx, new Uint8Array(await c.req.arrayBuffer()))
    return c.json(started, 202, { location: `/v1/admin/product-imports/${started.id}` })
  })
  app.openapi(list, async (c) => c.json(await listImports(c.var.ctx, c.req.valid('query')), 200))
  app.openapi(get, async (c) => c.json(await getImport(c.var.ctx, c.req.valid('param').id), 200))
}
