import type { Tenant } from '../kernel/tenant.ts'

/**
 * Whether its holder may still act on the shop. Asked when nobody else can act any more, before anything is done: who
 * lost the right meanwhile changes nothing.
 */
export type MayAct = () => Promise<boolean>

/** By service: the last migration of it that a shop has. Names of migrations begin with their number. */
export type Levels = Record<string, string>

/** The right to act on a shop went to another process. */
export class Superseded extends Error {}

/**
 * Makes, changes and removes the databases of a shop, all services' alike: one process at a time, under a lock of the
 * database server. Every method can be repeated, and be taken up by another process where one stopped, of the release
 * before or after it, too. Those that take a `MayAct` throw `Superseded` when it says no.
 */
export type Shops = {
  /** What this release brings a shop to. */
  levels(): Promise<Levels>
  /** Makes the databases of a new shop and their tables, in the name of `maker`. */
  build(tenant: Tenant, maker: string, mayAct: MayAct): Promise<void>
  /** Brings the databases of a shop that sells to this release, makes those that came with it, and seeds them. */
  upgrade(tenant: Tenant, mayAct: MayAct): Promise<{ database: string; names: string[] }[]>
  /** What services start with. Once more without harm. */
  seed(tenant: Tenant): Promise<void>
  /** Throws unless each database answers to its own user, with its tables. */
  verify(tenant: Tenant): Promise<void>
  /** The shop has begun to sell: what `maker` made can't be undone any more. */
  release(tenant: string, maker: string, mayAct: MayAct): Promise<void>
  /** Undoes `build`: removes what `maker` made and has not released, and nothing else. */
  undo(tenant: string, maker: string, mayAct: MayAct): Promise<void>
  /** Removes every database of a shop, for good: those that only another release knows, too. */
  remove(tenant: string, mayAct: MayAct): Promise<void>
  /** Removes what the streams keep of this shop, for good. Throws `unavailable` while the broker is away. */
  purgeEvents(tenant: Pick<Tenant, 'id' | 'shard'>): Promise<void>
  /** What the edge and other processes remember of this shop is out of date. Best effort: their memory is short. */
  routeChanged(tenant: { id: string; domain: string }): Promise<void>
}
