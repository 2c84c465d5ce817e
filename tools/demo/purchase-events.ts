import mysql, { type Connection } from 'mysql2/promise'
import { registry } from '../../services/registry.ts'
import { databaseName, PLATFORM_DATABASE } from '../../shared/db/databases.ts'
import { idFromBytes } from '../../shared/kernel/id.ts'
import type { Envelope } from '../../shared/events/event.ts'

export type PurchaseEvent = {
  type: string
  /** Commit to published, milliseconds; null while it waits. */
  published: number | null
  /** Each consumer that has applied it, with the milliseconds from commit to there. */
  applied: { consumer: string; ms: number }[]
}

type Stored = { envelope: string; created_at: Date; published_at: Date | null }

/** What a purchase caused: every event with its correlation, from the outboxes, and who applied it, from the inboxes. */
export async function purchaseEvents(
  databaseUrl: string,
  tenant: string,
  since: Date,
): Promise<PurchaseEvent[]> {
  const connection = await mysql.createConnection({ uri: databaseUrl, timezone: 'Z' })
  try {
    const databases = registry.map((service) =>
      service.scope === 'tenant' ? databaseName(tenant, service.name) : PLATFORM_DATABASE
    )
    const events = (await Promise.all(databases.map((database) =>
      outboxOf(connection, database, tenant, since)
    ))).flat()
    const applied = (await Promise.all(databases.map((database) => inboxOf(connection, database, since))))
      .flat()
    return events.sort((a, b) => a.event.id < b.event.id ? -1 : 1).map((
      { event, created_at, published_at },
    ) => ({
      type: event.type,
      published: published_at && published_at.getTime() - created_at.getTime(),
      applied: applied.filter((each) => each.id === event.id)
        .map(({ consumer, applied_at }) => ({ consumer, ms: applied_at.getTime() - created_at.getTime() })),
    }))
  } finally {
    await connection.end()
  }
}

async function outboxOf(connection: Connection, database: string, tenant: string, since: Date) {
  const [rows] = await connection.query(
    'SELECT envelope, created_at, published_at FROM ??.outbox WHERE created_at >= ?',
    [database, since],
  )
  return (rows as Stored[]).map((row) => ({ ...row, event: JSON.parse(row.envelope) as Envelope }))
    .filter(({ event }) => event.tenantid === tenant)
}

async function inboxOf(connection: Connection, database: string, since: Date) {
  const [rows] = await connection.query(
    'SELECT consumer, event_id, applied_at FROM ??.inbox WHERE applied_at >= ?',
    [database, since],
  )
  return (rows as { consumer: string; event_id: Uint8Array; applied_at: Date }[])
    .map(({ consumer, event_id, applied_at }) => ({ consumer, applied_at, id: idFromBytes('evt', event_id) }))
}
