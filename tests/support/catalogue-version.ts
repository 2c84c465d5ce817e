import mysql from 'mysql2/promise'
import { PLATFORM_DATABASE } from '../../shared/db/databases.ts'
import type { Shop } from './shops.ts'

/** The part of the edge's cache keys that a shop moves on with what its shoppers see. */
export async function catalogueVersion(shop: Shop): Promise<number> {
  const connection = await mysql.createConnection({ uri: shop.on.databaseUrl, database: PLATFORM_DATABASE })
  const [rows] = await connection.query(
    'SELECT catalogue_version AS version FROM websites WHERE tenant_id = ?',
    [
      shop.id,
    ],
  )
  await connection.end()
  return (rows as { version: number }[])[0]!.version
}
