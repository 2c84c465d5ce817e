import { z } from '@hono/zod-openapi'
import { Page } from '../../../shared/http/pagination.ts'
import { readyPage } from '../../../shared/http/ready.ts'
import { ok, route } from '../../../shared/http/route.ts'
import * as verbs from '../../../shared/http/verbs.ts'
import type { Endpoints } from '../../../shared/service/service.ts'
import { getCategory } from '../operations/categories/get.ts'
import { listCategories } from '../operations/categories/list.ts'
import { listCategoryProducts } from '../operations/categories/list-products.ts'
import type { Ctx } from '../needs.ts'
import { CategoryNode, CategoryTree } from '../shapes/category.ts'
import { IdOrSlug } from '../shapes/common.ts'
import { ProductCard, ProductFilters } from '../shapes/product.ts'

const tags = ['Categories']
const CACHED_S = 300
const params = z.object({ category: IdOrSlug })

const tree = route({
  operationId: 'listCategories',
  method: 'get',
  path: '/categories',
  summary: 'The tree of categories with the number of products in each',
  tags,
  access: 'public',
  cached: CACHED_S,
  responses: { 200: ok(CategoryTree, 'The tree') },
})

const get = route({
  ...verbs.gets(params, CategoryNode),
  operationId: 'getCategory',
  path: '/categories/{category}',
  summary: 'One category with its subcategories, by id or slug',
  tags,
  access: 'public',
  cached: CACHED_S,
})

const products = route({
  operationId: 'listCategoryProducts',
  method: 'get',
  path: '/categories/{category}/products',
  summary: 'List the products of a category and of its subcategories',
  tags,
  access: 'public',
  cached: 60,
  request: { params, query: ProductFilters.omit({ category: true }) },
  responses: { 200: ok(Page(ProductCard), 'A page of products') },
  problems: ['invalid_cursor', 'not_found'],
})

export const categories: Endpoints<Ctx> = (app) => {
  app.openapi(tree, async (c) => c.json(await listCategories(c.var.ctx), 200))
  app.openapi(get, verbs.got(getCategory, 'category'))
  app.openapi(
    products,
    async (c) =>
      readyPage(
        c,
        await listCategoryProducts(c.var.ctx, c.req.valid('param').category, c.req.valid('query')),
      ),
  )
}
