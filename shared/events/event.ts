import type { z } from '@hono/zod-openapi'

/** A kind of event: its CloudEvents type, the version of its data, and the schema of that data. */
export type EventType<T extends z.ZodType = z.ZodType> = {
  /** `<service>.<entity>.<action>`, past tense; also the tail of the subject. */
  readonly type: string
  readonly version: number
  readonly data: T
  /** The member of `data` that names the aggregate: events of one aggregate keep their order. */
  readonly subject: string
  readonly summary: string
}

/** CloudEvents 1.0 (https://github.com/cloudevents/spec), JSON format, with our extension attributes. */
export type Envelope<T = unknown> = {
  specversion: '1.0'
  id: string
  source: string
  type: string
  time: string
  subject: string
  datacontenttype: 'application/json'
  dataversion: number
  tenantid: string
  websiteid: string
  correlationid: string
  causationid?: string
  traceparent?: string
  data: T
}

export function defineEvent<T extends z.ZodType>(
  type: string,
  options: { version?: number; summary: string; subject: keyof z.infer<T> & string; data: T },
): EventType<T> {
  return { type, version: options.version ?? 1, ...options }
}

/** `events.<shard>.<tenant>.<service>.<entity>.<action>`: a tenant can be purged, or followed, by filter. */
export const subjectOf = (shard: string, tenant: string, type: string): string =>
  `events.${shard}.${tenant}.${type}`
export const streamOf = (shard: string): string => `EVENTS_${shard}`
/** Of the subject of an event, or of a dead letter. */
export const shardOf = (subject: string): string => subject.split('.', 2)[1] ?? ''
export const shopOf = (subject: string): string => subject.split('.', 3)[2] ?? ''
export const DEAD_LETTERS = 'DEAD_LETTERS'
export const NOTES = 'NOTES'
