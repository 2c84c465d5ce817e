import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Every POST takes an Idempotency-Key, except these. */
const without: Record<string, string[]> = {
  'their answers hold secrets, which must not be kept to be told again': [
    'register',
    'logIn',
    'refreshSession',
    'changePassword',
    'adminCreateInvitation',
    'acceptInvitation',
    'createOwnerInvitation',
  ],
  'they change nothing': ['quoteOrder', 'validatePromoCode'],
  'once more leaves things as once does': [
    'logOut',
    'adminRetryFailedMessage',
    'adminRetryFailedMessages',
    'setTenantStatus',
  ],
  'a subscription has an id of its own': ['createSubscription'],
}

type Operation = { operationId: string; parameters?: { in: string; name: string }[] }
const posts = ['shop', 'platform'].flatMap((document) => {
  const { paths } = JSON.parse(readFileSync(`openapi/${document}.json`, 'utf8')) as {
    paths: Record<string, { post?: Operation }>
  }
  return Object.values(paths).flatMap(({ post }) => post ?? [])
})

test('every operation that creates, pays or moves stock takes a key, and its contract says so', () => {
  const keyless = posts.filter(({ parameters = [] }) =>
    !parameters.some((each) => each.in === 'header' && each.name === 'idempotency-key')
  )
  expect(keyless.map(({ operationId }) => operationId).sort()).toEqual(Object.values(without).flat().sort())
})
