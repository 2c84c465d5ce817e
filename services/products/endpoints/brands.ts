import { z } from '@hono/zod-openapi'
import { publicJson } from '../../../shared/http/caching.ts'
import { Page, PageQuery } from '../../../shared/http/pagination.ts'
import { ok, route } from '../../../shared/http/route.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { getBrand } from '../operations/brands/get.ts'
import { listBrands } from '../operations/brands/list.ts'
import { listBrandProducts } from '../operations/brands/list-products.ts'
import type { Ctx } from '../needs.ts'
import { Brand } from '../shapes/brand.ts'
import { IdOrSlug } from '../shapes/common.ts'
import { ProductCard, ProductFilters } from '../shapes/product.ts'

const tags = ['Brands']
const params = z.object({ brand: IdOrSlug })

const list = route({
  operationId: 'listBrands',
  method: 'get',
  path: '/brands',
  summary: 'List the brands by name, with the number of products of each',
  tags,
  access: 'public',
  request: { query: z.object(PageQuery(20, 100)) },
  responses: { 200: ok(Page(Brand), 'A page of brands') },
  problems: ['invalid_cursor'],
})

const get = route({
  operationId: 'getBrand',
  method: 'get',
  path: '/brands/{brand}',
  summary: 'One brand, by id or slug',
  tags,
  access: 'public',
  request: { params },
  responses: { 200: ok(Brand, 'The brand') },
  problems: ['not_found'],
})

const products = route({
  operationId: 'listBrandProducts',
  method: 'get',
  path: '/brands/{brand}/products',
  summary: 'List the products of a brand',
  tags,
  access: 'public',
  request: { params, query: ProductFilters.omit({ brand: true }) },
  responses: { 200: ok(Page(ProductCard), 'A page of products') },
  problems: ['invalid_cursor', 'not_found'],
})

export const brands: Endpoints<Ctx> = (app) => {
  app.openapi(list, async (c) => publicJson(c, await listBrands(c.var.ctx, c.req.valid('query'))))
  app.openapi(get, async (c) => publicJson(c, await getBrand(c.var.ctx, c.req.valid('param').brand)))
  app.openapi(
    products,
    async (c) =>
      publicJson(c, await listBrandProducts(c.var.ctx, c.req.valid('param').brand, c.req.valid('query'))),
  )
}
