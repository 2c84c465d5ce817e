import { Problem } from '../errors/problem.ts'
import type { Broker } from './broker.ts'
import { DEAD_LETTERS, streamOf } from './event.ts'
import { isMissing } from './streams.ts'

/**
 * Removes every event and dead letter of a shop from the streams. Repeatable. Throws `unavailable` while the broker is
 * away: a shop is not gone before its events are.
 */
export async function purgeTenant(
  broker: Pick<Broker, 'isUp' | 'manager'>,
  shard: string,
  tenant: string,
): Promise<void> {
  if (!broker.isUp) throw new Problem('unavailable', 'The message broker is away')
  // A wildcard here would be every shop.
  if (!/^[a-z0-9-]+$/.test(tenant)) throw new Error('not the id of a shop')
  for (
    const [stream, filter] of [
      [streamOf(shard), `events.${shard}.${tenant}.>`],
      [DEAD_LETTERS, `dead.*.${tenant}.>`],
    ] as const
  ) {
    try {
      await broker.manager!.streams.purge(stream, { filter })
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }
}
