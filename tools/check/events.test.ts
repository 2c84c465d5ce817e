import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { registry } from '../../services/registry.ts'

const root = fileURLToPath(new URL('../../services/', import.meta.url))

/** Whoever builds on the contract waits for every event that it has. */
test('every event of a service’s contract is emitted somewhere in it', () => {
  const silent = registry.flatMap(({ name, events = {} }) => {
    const text = readdirSync(join(root, name), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => readFileSync(join(root, name, path), 'utf8')).join('\n')
    const emitted = new Set([...text.matchAll(/\.emit\(\s*(\w+)/g)].map(([, event]) => event))
    return Object.keys(events).filter((event) => !emitted.has(event)).map((event) => `${name}: ${event}`)
  })
  expect(silent).toEqual([])
  expect(registry.flatMap(({ events = {} }) => Object.keys(events)).length).toBeGreaterThan(30)
})
