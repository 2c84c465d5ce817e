import { z } from '@hono/zod-openapi'
import { Problem } from '../../../shared/errors/problem.ts'
import { ok, route } from '../../../shared/http/route.ts'
import { Id } from '../../../shared/http/schemas.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { isEncoding } from '../domain/shopify/decode.ts'
import { adminCreateProductImport } from '../operations/product-imports/admin-create.ts'
import { adminGetProductImport } from '../operations/product-imports/admin-get.ts'
import { adminListProductImports } from '../operations/product-imports/admin-list.ts'
import type { Ctx } from '../needs.ts'
import { AdminProductImport, AdminProductImportCard, StockPolicy } from '../shapes/admin-product-import.ts'

const tags = ['Admin product imports']

/** Windows says of a CSV file that it is Excel's. */
const FILE_TYPES = ['text/csv', 'text/plain', 'application/vnd.ms-excel', 'application/octet-stream'] as const
const file = {
  schema: z.string().openapi({ format: 'binary', example: 'Handle,Title,Variant Price\nmug,Mug,9.90\n' }),
}

const create = route({
  operationId: 'adminCreateProductImport',
  method: 'post',
  path: '/admin/product-imports',
  summary: 'Import a product file of Shopify: runs in the background. The same file again changes nothing',
  description:
    'Products are matched by handle, variants by their option values or SKU. Prices are as the shop has ' +
    'them, with VAT or without, in its currency. What the file has no column for, or leaves blank, stays as it is, ' +
    'but for tags and compare-at prices, which a blank cell ends. A file with the columns of all options of a product has all its variants: ' +
    'others are removed, unless pending orders hold them. The images it names for a product become its ' +
    'gallery. Everything that is removed, changed or left out is reported by its line and does not stop the rest.',
  tags,
  access: 'products.create',
  limits: 'streamed',
  idempotent: true,
  request: {
    query: z.object({
      stock: StockPolicy.default('keep').openapi({
        description:
          '`keep`: variants that are there already keep their stock; `set`: they get that of the file',
      }),
    }),
    body: {
      description:
        'At most 50 MB and 500,000 lines; UTF-8, UTF-16, Windows-1252 or what `charset` names; comma, ' +
        'semicolon or tab',
      required: true,
      content: Object.fromEntries(FILE_TYPES.map((type) => [type, file])),
    },
  },
  responses: {
    202: {
      ...ok(AdminProductImportCard, 'The import, begun'),
      headers: z.object({ location: z.string().openapi({ description: 'Where its progress is' }) }),
    },
  },
  problems: ['request_timeout'],
})

const list = route({
  ...verbs.lists(AdminProductImportCard),
  operationId: 'adminListProductImports',
  path: '/admin/product-imports',
  summary: 'List the imports, newest first',
  tags,
  access: 'products.create',
})

const get = route({
  ...verbs.gets(z.object({ id: Id('imp') }), AdminProductImport),
  operationId: 'adminGetProductImport',
  path: '/admin/product-imports/{id}',
  summary: 'The progress of an import, and what was wrong with its file',
  tags,
  access: 'products.create',
})

/** Throws `unsupported_media_type` for what is no text file, and for an encoding that isn't known. */
function charsetOf(contentType: string, contentEncoding: string | undefined): string | null {
  const [type, ...parameters] = contentType.split(';').map((part) => part.trim())
  if (!FILE_TYPES.some((each) => each === type!.toLowerCase())) {
    throw new Problem('unsupported_media_type', `Use ${FILE_TYPES.join(', ')}`)
  }
  if (contentEncoding && contentEncoding.toLowerCase() !== 'identity') {
    throw new Problem('unsupported_media_type', 'Send the file without Content-Encoding', {}, {
      'accept-encoding': 'identity',
    })
  }
  const named = parameters.map((each) => /^charset="?([^"]+)"?$/i.exec(each)?.[1]).find(Boolean) ?? null
  if (named !== null && (named.length > 40 || !isEncoding(named))) {
    throw new Problem('unsupported_media_type', 'The charset is not known')
  }
  return named
}

export const adminProductImports: Endpoints<Ctx> = (app) => {
  app.openapi(create, async (c) => {
    const charset = charsetOf(c.req.header('content-type') ?? '', c.req.header('content-encoding'))
    const { stock } = c.req.valid('query')
    const body = c.req.raw.body
    const started = await adminCreateProductImport(c.var.ctx, { body, charset, stock })
    return c.json(started, 202, { location: `/v1/admin/product-imports/${started.id}` })
  })
  app.openapi(list, verbs.listed(adminListProductImports))
  app.openapi(get, verbs.got(adminGetProductImport))
}
