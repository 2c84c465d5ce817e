import { bigint, customType, datetime } from 'drizzle-orm/mysql-core'
import { type Id, idFromBytes, idToBytes } from '../kernel/id.ts'

/** A TypeID, stored as the 16 bytes of its UUIDv7. */
export const id = <P extends string>(name: string, prefix: P) =>
  customType<{ data: Id<P>; driverData: Uint8Array }>({
    dataType: () => 'binary(16)',
    toDriver: (value) => Buffer.from(idToBytes(prefix, value).buffer),
    fromDriver: (bytes) => idFromBytes(prefix, bytes),
  })(name)

/** 16 random bytes. */
export const token = (name: string) =>
  customType<{ data: Uint8Array; driverData: Uint8Array }>({
    dataType: () => 'binary(16)',
    toDriver: (value) => Buffer.from(value),
    fromDriver: (value) => value,
  })(name)

/** The 32 bytes of a SHA-256. */
export const digest = (name: string) =>
  customType<{ data: Uint8Array; driverData: Uint8Array }>({
    dataType: () => 'binary(32)',
    toDriver: (value) => Buffer.from(value),
    fromDriver: (value) => value,
  })(name)

/** Minor units. */
export const amount = (name: string) => bigint(name, { mode: 'number' })

/** UTC, milliseconds. */
export const instant = (name: string) => datetime(name, { fsp: 3, mode: 'date' })

/** Text compared byte by byte: codes, e-mail addresses, slugs. */
export const exactText = (name: string, length: number) =>
  customType<{ data: string; driverData: string }>({
    dataType: () => `varchar(${length}) character set utf8mb4 collate utf8mb4_bin`,
  })(name)

/** When a row was made and last changed. */
export const times = {
  created_at: instant('created_at').notNull(),
  updated_at: instant('updated_at').notNull(),
}

/** What `times` of a row are that is made now. */
export const madeAt = (now: Date) => ({ created_at: now, updated_at: now })
