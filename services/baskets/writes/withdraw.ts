import { sql } from 'drizzle-orm'

/** What takes a basket out of everybody's hands. */
export const withdrawn = (now: Date) => ({
  current_user_id: null,
  guest_token_hash: null,
  version: sql`version + 1`,
  archived_at: now,
  updated_at: now,
})
