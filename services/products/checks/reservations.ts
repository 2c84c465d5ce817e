import { eq, gt } from 'drizzle-orm'
import type { Check } from '../../../shared/service/service.ts'
import type { Ctx } from '../needs.ts'
import { reservations, variants } from '../schema.ts'

/** An order is made and decided on in seconds. */
const PATIENCE_MS = 60_000

/** What variants hold is what orders hold of them, and each of these orders is there and still waiting. */
export const heldStock: Check<Ctx> = {
  async find(ctx) {
    const held = await ctx.db.select().from(reservations).where(eq(reservations.status, 'held'))
    const sums = new Map<string, number>()
    for (const { variant_id, quantity, counted } of held.flatMap(({ lines }) => lines)) {
      if (counted) sums.set(variant_id, (sums.get(variant_id) ?? 0) + quantity)
    }
    const rows = await ctx.db.select({ id: variants.id, reserved: variants.reserved }).from(variants)
      .where(gt(variants.reserved, 0))
    const reserved = new Map<string, number>(rows.map((row) => [row.id, row.reserved]))
    const wrong = [...new Set([...sums.keys(), ...reserved.keys()])]
      .filter((id) => (sums.get(id) ?? 0) !== (reserved.get(id) ?? 0))
      .map((id) => `${id} has ${reserved.get(id) ?? 0} units reserved, its orders hold ${sums.get(id) ?? 0}`)
    const old = held.filter(({ created_at }) => created_at.getTime() < ctx.now().getTime() - PATIENCE_MS)
    for (const { order_id } of old) {
      const { status, stock } = await ctx.ports.orderStates.find({ order_id })
      if (status === null) wrong.push(`${order_id} holds stock, and there is no such order`)
      else if (stock !== 'held') wrong.push(`${order_id} holds stock, and is ${status}`)
    }
    return wrong
  },
}
