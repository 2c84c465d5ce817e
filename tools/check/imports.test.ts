import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Layers of a service, from the inside out: a file may import its own layer and those before it. */
const LAYERS = ['domain', 'shapes', 'schema', 'operations', 'consumers', 'endpoints', 'service']
/** Data that any layer may name. `domain` may not: it knows nothing but itself and the kernel. */
const OPEN = ['events', 'ports', 'needs', 'problems', 'permissions', 'config']
/** All that one service may see of another. */
const OFFERED = ['events', 'ports']

type Import = { from: string; to: string }

const files = ['services', 'shared', 'workers', 'tools', 'tests'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path))
)
const product = files.filter((path) => !path.endsWith('.test.ts'))

const imports = (paths: string[]): Import[] =>
  paths.flatMap((from) => {
    const text = readFileSync(join(root, from), 'utf8')
    const specifiers = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'|^import '(\.[^']+)'/gm)].map((
      match,
    ) => match[1] ?? match[2]!)
    return specifiers.map((specifier) => ({ from, to: relative(root, join(root, dirname(from), specifier)) }))
  })

const show = (wrong: Import[]) => wrong.map(({ from, to }) => `${from} → ${to}`)
const inside = (path: string, folder: string) => path.startsWith(`${folder}/`)
const serviceOf = (path: string) => /^services\/([^/]+)\/./.exec(path)?.[1]
/** What operations are made of, queries and a service's own parts, stands on their layer. */
const layerOf = (path: string) => {
  const part = path.split('/')[2]!.replace(/\.ts$/, '')
  return [...LAYERS, ...OPEN, 'migrations'].includes(part) ? part : 'operations'
}

test('every relative import names a file that is there', () => {
  const known = new Set([...files, 'vitest.config.ts'])
  expect(show(imports(files).filter(({ to }) => to.endsWith('.ts') && !known.has(to)))).toEqual([])
})

test('shared knows no service, no worker and no tool', () => {
  const wrong = imports(product).filter(({ from, to }) => inside(from, 'shared') && !inside(to, 'shared'))
  expect(show(wrong)).toEqual([])
})

test('the worker imports only shared and what is generated', () => {
  const wrong = imports(product).filter(({ from, to }) =>
    inside(from, 'workers') && !['workers', 'shared', 'openapi'].some((folder) => inside(to, folder))
  )
  expect(show(wrong)).toEqual([])
})

test('a service knows of another only its events and its ports', () => {
  const wrong = imports(product).filter(({ from, to }) => {
    const [own, other] = [serviceOf(from), serviceOf(to)]
    return own && other && own !== other && !OFFERED.includes(layerOf(to))
  })
  expect(show(wrong)).toEqual([])
})

test('no service depends on tools, tests or the registry', () => {
  const wrong = imports(product).filter(({ from, to }) =>
    serviceOf(from) &&
    (inside(to, 'tools') || inside(to, 'tests') || inside(to, 'workers') || to === 'services/registry.ts')
  )
  expect(show(wrong)).toEqual([])
})

test('inside a service imports point inwards: domain, shapes, operations, endpoints, service', () => {
  const wrong = imports(product).filter(({ from, to }) => {
    if (serviceOf(from) === undefined || serviceOf(from) !== serviceOf(to)) return false
    const [a, b] = [layerOf(from), layerOf(to)]
    if (OPEN.includes(b)) return a === 'domain'
    if (OPEN.includes(a)) return !['domain', 'shapes'].includes(b)
    return LAYERS.indexOf(b) > LAYERS.indexOf(a)
  })
  expect(show(wrong)).toEqual([])
})

test('domain is pure: it imports no driver, no framework and no clock', () => {
  const wrong = product.filter((path) => layerOf(`${path}/`) === 'domain' && serviceOf(path)).filter(
    (path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return /from '(?:drizzle-orm|hono|mysql2|jose|@nats-io|node:(?:http|fs))/.test(text) ||
        /\bDate\.now\(|new Date\(\)|Math\.random\(/.test(text)
    },
  )
  expect(wrong).toEqual([])
})

/** Folders of shared/, from the inside out: a file may import its own folder and those before it. */
const SHARED = ['kernel', 'errors', 'telemetry', 'db', 'events', 'auth', 'service', 'http', 'host', 'testing']

test('inside shared imports point inwards: kernel, errors, telemetry, db, events, auth, service, http, host', () => {
  const rank = (path: string) => SHARED.indexOf(path.split('/')[1]!)
  const wrong = imports(product).filter(({ from, to }) =>
    inside(from, 'shared') && (rank(to) > rank(from) || rank(from) < 0)
  )
  expect(show(wrong)).toEqual([])
})

test('no file imports itself by way of others, types included', () => {
  const next = new Map<string, string[]>()
  for (const { from, to } of imports(product)) next.set(from, [...next.get(from) ?? [], to])
  const circles: string[] = []
  const done = new Set<string>()
  const visit = (path: string, way: string[]) => {
    if (way.includes(path)) return void circles.push([...way.slice(way.indexOf(path)), path].join(' → '))
    if (done.has(path)) return
    for (const to of next.get(path) ?? []) visit(to, [...way, path])
    done.add(path)
  }
  for (const path of product) visit(path, [])
  expect(circles).toEqual([])
})
