const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

export const ACCESS_TOKEN_MS = 60 * MINUTE_MS
export const REFRESH_TOKEN_MS = 14 * DAY_MS
/** However often it is refreshed: then its user signs in again. */
export const SESSION_MS = 30 * DAY_MS
/** An ended session stays readable for the staff that long. */
export const ENDED_SESSION_KEPT_MS = 30 * DAY_MS
/** A retired key is published until the last token signed with it has expired, and for clocks that are off. */
export const RETIRED_KEY_PUBLISHED_MS = ACCESS_TOKEN_MS + 5 * MINUTE_MS

export const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms)
