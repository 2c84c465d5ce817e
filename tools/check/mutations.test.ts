import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Who may change something has to be asked, and what staff changes has to be written down. */
const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

type Operation = {
  operationId: string
  security?: unknown[]
  responses: Record<string, { description: string }>
}
const document = JSON.parse(read('openapi/shop.json')) as { paths: Record<string, Record<string, Operation>> }
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, ...operation }))
)

test('every operation of staff asks for a permission', () => {
  const open = operations.filter(({ path, responses }) =>
    path.startsWith('/v1/admin/') && !responses['403']?.description.includes('`forbidden`')
  )
  expect(open.map(({ operationId }) => operationId)).toEqual([])
})

/** What anybody may change, and why. */
const OPEN: Record<string, string> = {
  register: 'makes the account that others need',
  logIn: 'proves who somebody is',
  refreshSession: 'its token is the proof',
  acceptInvitation: 'its token is the proof',
  addBasketItem: 'guests have baskets, held by their token',
  updateBasketItem: 'guests have baskets, held by their token',
  removeBasketItem: 'guests have baskets, held by their token',
  clearBasket: 'guests have baskets, held by their token',
  applyPromoCode: 'guests have baskets, held by their token',
  removePromoCode: 'guests have baskets, held by their token',
  quoteOrder: 'changes nothing: guests reckon their basket, held by its token',
  validatePromoCode: 'changes nothing but how often was guessed',
}

test('what anybody may change is on the list above, with its reason, and nothing else is', () => {
  const open = operations.filter(({ method, security }) => method !== 'get' && security === undefined)
  const names = open.map(({ operationId }) => operationId).toSorted()
  expect(names).toEqual(Object.keys(OPEN).toSorted())
})

const sources = (layer: string) =>
  readdirSync(join(root, 'services'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.split('/')[1] === layer && path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => join('services', path))

/** What an operation does and what it calls in its own service, one step deep. */
function reach(path: string): string {
  const text = read(path)
  const near = [...text.matchAll(/from '(\.[^']+)'/g)].map(([, to]) => normalize(join(dirname(path), to!)))
  const own = path.split('/').slice(0, 2).join('/') + '/'
  return [text, ...near.filter((to) => to.startsWith(own)).map(read)].join('\n')
}

test('what staff changes leaves an audit entry in the transaction of the change, or the file says why not', () => {
  const writes = sources('operations').filter((path) => {
    const name = path.split('/').at(-1)!
    return name.startsWith('admin-') && !/^admin-(list|get|internal|count|find)/.test(name)
  })
  expect(writes.length).toBeGreaterThan(20)
  const silent = writes.filter((path) =>
    !/\.audit\(/.test(reach(path)) && !/No audit entry: \S/.test(read(path))
  )
  expect(silent).toEqual([])
})

test('what requests ask for writes inside a transaction only: else it is neither announced nor kept under a key', () => {
  const endpoints = sources('endpoints')
  const asked = new Set(
    endpoints.flatMap((path) =>
      [...read(path).matchAll(/from '(\.\.\/operations\/[^']+)'/g)].map(([, to]) =>
        normalize(join(dirname(path), to!))
      )
    ),
  )
  expect(asked.size).toBeGreaterThan(60)
  expect([...asked].filter((path) => /ctx\.db\s*\.(insert|update|delete)\(/.test(read(path)))).toEqual([])
})
