import { expect, test } from 'vitest'
import type { Env } from './env.ts'
import { regionUrl, settingsOf } from './settings.ts'

const env = (changes: Partial<Env>): Env =>
  ({
    REGIONS: '{"eu":"http://eu.test/base/"}',
    PLATFORM_HOST: 'P.example.com',
    PLATFORM_REGION: 'eu',
    EDGE_SECRET: 's',
    DATABASE_URL: 'https://d',
    ...changes,
  }) as Env

test('a region is a URL for all services, or one for each', () => {
  const REGIONS =
    '{"eu":"http://eu.test/base/","us":{"default":"https://us.test","products":"https://p.us.test"}}'
  const settings = settingsOf(env({ REGIONS }))
  expect(settings.platformHost).toBe('p.example.com')
  expect(regionUrl(settings, 'eu', 'products')).toBe('http://eu.test/base')
  expect(regionUrl(settings, 'us', 'products')).toBe('https://p.us.test')
  expect(regionUrl(settings, 'us', 'nothing')).toBe('https://us.test')
  expect(regionUrl(settings, 'apac', 'products')).toBeUndefined()
})

test.each([
  [{ EDGE_SECRET: '' }, 'EDGE_SECRET'],
  [{ REGIONS: 'nonsense' }, 'REGIONS'],
  [{ REGIONS: '{"eu":"ftp://x"}' }, 'REGIONS'],
  [{ PLATFORM_REGION: 'apac' }, 'PLATFORM_REGION'],
])('a wrong setting is named: %j', (changes, name) => {
  expect(() => settingsOf(env(changes))).toThrow(name)
})
