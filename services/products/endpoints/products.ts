import { z } from '@hono/zod-openapi'
import { Page } from '../../../shared/http/pagination.ts'
import { ready, readyPage } from '../../../shared/http/ready.ts'
import { ok, route } from '../../../shared/http/route.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { getProduct } from '../operations/products/get.ts'
import { listProducts } from '../operations/products/list.ts'
import { searchProducts } from '../operations/products/search.ts'
import type { Ctx } from '../needs.ts'
import { IdOrSlug } from '../shapes/common.ts'
import { Product, ProductCard, ProductFilters, SearchQuery } from '../shapes/product.ts'

const tags = ['Products']
const params = z.object({ product: IdOrSlug })

const list = route({
  operationId: 'listProducts',
  method: 'get',
  path: '/products',
  summary: 'List the products of the shop, filtered and in any of its orders',
  tags,
  access: 'public',
  cached: 60,
  request: { query: ProductFilters },
  responses: { 200: ok(Page(ProductCard), 'A page of products') },
  problems: ['invalid_cursor'],
})

const search = route({
  operationId: 'searchProducts',
  method: 'get',
  path: '/products/search',
  summary:
    'Find products by words of their name, reference, description, brand, tags and variants, best first',
  tags,
  access: 'public',
  cached: 60,
  request: { query: SearchQuery },
  responses: { 200: ok(Page(ProductCard), 'What was found; 1,000 at most') },
  problems: ['invalid_cursor'],
})

const get = route({
  ...verbs.gets(params, Product),
  operationId: 'getProduct',
  path: '/products/{product}',
  summary: 'One product with its variants, by id or slug',
  tags,
  access: 'public',
  cached: 60,
})

export const products: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => readyPage(c, await listProducts(c.var.ctx, c.req.valid('query'))))
  app.openapi(search, async (c) => readyPage(c, await searchProducts(c.var.ctx, c.req.valid('query'))))
  app.openapi(get, async (c) => {
    const { detail, etag } = await getProduct(c.var.ctx, c.req.valid('param').product)
    return ready(c, detail, etag)
  })
}
