import { z } from '@hono/zod-openapi'
import { Page } from '../../../shared/http/pagination.ts'
import { readyPage } from '../../../shared/http/ready.ts'
import { ok, route } from '../../../shared/http/route.ts'
import * as verbs from '../../../shared/http/verbs.ts'
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
  ...verbs.lists(Brand),
  operationId: 'listBrands',
  path: '/brands',
  summary: 'List the brands by name, with the number of products of each',
  tags,
  access: 'public',
  cached: 60,
})

const get = route({
  ...verbs.gets(params, Brand),
  operationId: 'getBrand',
  path: '/brands/{brand}',
  summary: 'One brand, by id or slug',
  tags,
  access: 'public',
  cached: 60,
})

const products = route({
  operationId: 'listBrandProducts',
  method: 'get',
  path: '/brands/{brand}/products',
  summary: 'List the products of a brand',
  tags,
  access: 'public',
  cached: 60,
  request: { params, query: ProductFilters.omit({ brand: true }) },
  responses: { 200: ok(Page(ProductCard), 'A page of products') },
  problems: ['invalid_cursor', 'not_found'],
})

export const brands: Endpoints<Ctx> = (app) => {
  app.openapi(list, verbs.listed(listBrands))
  app.openapi(get, verbs.got(getBrand, 'brand'))
  app.openapi(
    products,
    async (c) =>
      readyPage(c, await listBrandProducts(c.var.ctx, c.req.valid('param').brand, c.req.valid('query'))),
  )
}
