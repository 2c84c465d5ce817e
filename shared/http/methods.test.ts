import { OpenAPIHono } from '@hono/zod-openapi'
import { expect, test } from 'vitest'
import { Problem, problemResponse } from '../errors/problem.ts'
import { unrouted } from './methods.ts'

const routes = new OpenAPIHono()
routes.get('/notes', (c) => c.text('all'))
routes.post('/notes', (c) => c.text('made'))
routes.patch('/notes/:id', (c) => c.text('changed'))
const app = new OpenAPIHono()
app.use('*', (_c, next) => next())
app.route('/v1', routes)
app.notFound(unrouted(app))
app.onError((error) => problemResponse(error as Problem))

test.each([
  ['DELETE', '/v1/notes', 405, 'GET, HEAD, OPTIONS, POST'],
  ['GET', '/v1/notes/7', 405, 'OPTIONS, PATCH'],
  ['OPTIONS', '/v1/notes', 204, 'GET, HEAD, OPTIONS, POST'],
  ['DELETE', '/v1/nothing', 404, null],
  ['OPTIONS', '/v1/nothing', 404, null],
  ['GET', '/v1/notes', 200, null],
  ['HEAD', '/v1/notes', 200, null],
])('%s %s answers %i, allowing %s', async (method, path, status, allow) => {
  const response = await app.request(path, { method })
  expect([response.status, response.headers.get('allow')]).toEqual([status, allow])
})
