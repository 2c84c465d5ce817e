import { eq, sql } from 'drizzle-orm'
import type { EventType } from '../../../shared/events/event.ts'
import { on } from '../../../shared/service/service.ts'
import {
  outOfStock,
  priceChanged,
  productCreated,
  productDeleted,
  productUpdated,
} from '../../products/events.ts'
import type { Ctx } from '../needs.ts'
import { websites } from '../schema.ts'

/** What shoppers see has changed: the next version is part of the edge's cache keys, so old answers are out of reach. */
const bumpOn = (event: EventType, name: string) =>
  on<Ctx, EventType['data']>(event, `catalogue-${name}`, async (ctx) => {
    await ctx.transaction(async (tx) => {
      await tx.update(websites).set({ catalogue_version: sql`${websites.catalogue_version} + 1` })
        .where(eq(websites.tenant_id, ctx.tenant.id))
      tx.afterCommit(() => void ctx.shops.routeChanged(ctx.tenant))
    })
  })

export const catalogueVersion = [
  bumpOn(productCreated, 'created'),
  bumpOn(productUpdated, 'updated'),
  bumpOn(productDeleted, 'deleted'),
  bumpOn(priceChanged, 'price-changed'),
  bumpOn(outOfStock, 'out-of-stock'),
]
