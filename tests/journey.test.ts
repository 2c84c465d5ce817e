import { describe, expect, test } from 'vitest'
import { ownPlatform } from './support/own-platform.ts'
import { purchaseJourney } from './support/journey.ts'
import { newShop } from './support/shops.ts'

test('the purchase journey passes through the edge, with all services in one process', async () => {
  await purchaseJourney(await newShop())
})

describe('with each service in a process of its own', () => {
  const own = ownPlatform({ withEdge: true, split: true })

  test('the purchase journey passes through the same edge', async () => {
    expect(own.platform.regions.size).toBeGreaterThan(5)
    await purchaseJourney(await newShop({ on: own.running }))
  })
})
