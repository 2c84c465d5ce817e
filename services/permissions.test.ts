import { expect, test } from 'vitest'
import { permits } from '../shared/auth/actor.ts'
import { shopSeedOf } from '../shared/service/shop-seed.ts'
import { protectedRoles, startingRoles, withWildcards } from './auth/domain/permission-table.ts'
import { registry } from './registry.ts'

const seed = shopSeedOf(registry)
const roles = startingRoles(seed)

/** What each of the 20 permissions of the specification is granted to, in this order of roles. Customers need none. */
const order = ['super-admin', 'admin', 'manager', 'support', 'customer', 'merchant']
const specified: Record<string, string> = {
  'users.view': 'yy-y--',
  'users.create': 'yy----',
  'users.update': 'yy----',
  'users.delete': 'y-----',
  'products.view': 'yyy--y',
  'products.create': 'yyy--y',
  'products.update': 'yyy--y',
  'products.delete': 'yy---y',
  'orders.view': 'yyyy-y',
  'orders.create': 'yy----',
  'orders.update': 'yyy---',
  'orders.delete': 'y-----',
  'orders.cancel': 'yy----',
  'support.view': 'yy-y--',
  'support.respond': 'yy-y--',
  'support.close': 'yy-y--',
  'reports.view': 'yyy--y',
  'reports.export': 'yy----',
  'settings.view': 'yy----',
  'settings.update': 'y-----',
}
const added: Record<string, string> = {
  'promotions.view': 'yyy---',
  'promotions.create': 'yyy---',
  'promotions.update': 'yyy---',
  'promotions.delete': 'yy----',
  'baskets.view': 'yyy---',
  'baskets.delete': 'yy----',
  'roles.view': 'yy----',
  'roles.create': 'y-----',
  'roles.update': 'y-----',
  'roles.delete': 'y-----',
  'messages.view': 'yy----',
  'messages.manage': 'yy----',
}

test.each(Object.entries({ ...specified, ...added }))('%s is granted to %s', (permission, granted) => {
  const holders = order.map((role) => permits(roles[role]!, permission) ? 'y' : '-')
  expect(holders.join('')).toBe(granted)
})

test('nothing is granted that is not a permission of the platform', () => {
  expect(Object.values(roles).flat().filter((each) => !withWildcards(seed.permissions).includes(each)))
    .toEqual(
      [],
    )
  expect(seed.permissions.toSorted(), 'each permission has its line in this file, a letter for each role')
    .toEqual(
      Object.keys({ ...specified, ...added }).toSorted(),
    )
})

test('every protected role is there from the start', () => {
  expect(protectedRoles.filter((role) => !(role in roles))).toEqual([])
})
