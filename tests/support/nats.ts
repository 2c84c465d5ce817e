import { jetstream, type JetStreamClient, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'

export type Nats = { manager: JetStreamManager; client: JetStreamClient; close(): Promise<void> }

/** A connection of the test's own to the broker of a platform. */
export async function connectNats(natsUrl: string): Promise<Nats> {
  const { username, password, host } = new URL(natsUrl)
  const connection = await connect({
    servers: host,
    user: decodeURIComponent(username),
    pass: decodeURIComponent(password),
  })
  return {
    manager: await jetstreamManager(connection),
    client: jetstream(connection),
    close: () => connection.close(),
  }
}

/** How many messages a stream keeps under a subject, by the full subject; none where there is no such stream. */
export async function messagesIn(
  { manager }: Nats,
  stream: string,
  filter: string,
): Promise<{ total: number; subjects: Record<string, number> }> {
  try {
    const { state } = await manager.streams.info(stream, { subjects_filter: filter })
    const subjects = state.subjects ?? {}
    return { subjects, total: Object.values(subjects).reduce((sum, count) => sum + count, 0) }
  } catch (error) {
    if (!/not found/.test((error as Error).message)) throw error
    return { total: 0, subjects: {} }
  }
}
