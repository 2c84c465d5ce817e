import { z } from '@hono/zod-openapi'
import { publicJson } from '../../../shared/http/caching.ts'
import { Page } from '../../../shared/http/pagination.ts'
import { ok, route } from '../../../shared/http/route.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { getCategory } from '../operations/categories/get.ts'
import { listCategories } from '../operations/categories/list.ts'
import { listCategoryProducts } from '../operations/categories/list-products.ts'
import type { Ctx } from '../needs.ts'
import { CategoryNode, CategoryTree } from '../shapes/category.ts'
import { IdOrSlug } from '../shapes/common.ts'
import { ProductCard, ProductFilters } from '../shapes/product.ts'

const tags = ['Categories']
const params = z.object({ category: IdOrSlug })

const tree = route({
  operationId: 'listCategories',
  method: 'get',
  path: '/categories',
  summary: 'The tree of categories with the number of products in each',
  tags,
  access: 'public',
  responses: { 200: ok(CategoryTree, 'The tree') },
})

const get = route({
  operationId: 'getCategory',
  method: 'get',
  path: '/categories/{category}',
  summary: 'One category with its subcategories, by id or slug',
  tags,
  access: 'public',
  request: { params },
  responses: { 200: ok(CategoryNode, 'The category') },
  problems: ['not_found'],
})

const products = route({
  operationId: 'listCategoryProducts',
  method: 'get',
  path: '/categories/{category}/products',
  summary: 'List the products of a category and of its subcategories',
  tags,
  access: 'public',
  request: { params, query: ProductFilters.omit({ category: true }) },
  responses: { 200: ok(Page(ProductCard), 'A page of products') },
  problems: ['invalid_cursor', 'not_found'],
})

const CACHED_S = 300

export const categories: Endpoints<Ctx> = (app) => {
  app.openapi(tree, async (c) => publicJson(c, await listCategories(c.var.ctx), CACHED_S))
  app.openapi(
    get,
    async (c) => publicJson(c, await getCategory(c.var.ctx, c.req.valid('param').category), CACHED_S),
  )
  app.openapi(
    products,
    async (c) =>
      publicJson(
        c,
        await listCategoryProducts(c.var.ctx, c.req.valid('param').category, c.req.valid('query')),
      ),
  )
}
