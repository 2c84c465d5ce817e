import process from 'node:process'
import { edgeSecret } from '../shared/auth/edge-notice.ts'
import { databasePassword } from '../shared/db/databases.ts'
import { EDGE_READER } from '../shared/db/edge-reader.ts'

/** Prints what `wrangler secret put` has to be told, derived from the PLATFORM_SECRET of the environment. */
const { PLATFORM_SECRET, GATEWAY = 'region.internal.example.com' } = process.env
if (!PLATFORM_SECRET) {
  console.error('PLATFORM_SECRET is not set')
  process.exit(1)
}
console.log(`EDGE_SECRET=${edgeSecret(PLATFORM_SECRET)}`)
console.log(
  `DATABASE_URL=https://${EDGE_READER.user}:${
    databasePassword(PLATFORM_SECRET, EDGE_READER.user)
  }@${GATEWAY}`,
)
