const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

export const ACCESS_TOKEN_MS = 60 * MINUTE_MS
export const REFRESH_TOKEN_MS = 14 * DAY_MS
/** Two tabs of one browser, or an answer that was lost: so long the same client gets the same successor again. */
export const REFRESH_GRACE_MS = 10_000
/** However often it is refreshed: then its user signs in again. */
export const SESSION_MS = 30 * DAY_MS
/** An ended session stays readable for the staff that long. */
export const ENDED_SESSION_KEPT_MS = 30 * DAY_MS
export const INVITATION_MS = 7 * DAY_MS
/** Of a device that was signed in from: how long it keeps a way in of its own. */
export const DEVICE_TOKEN_MS = 180 * DAY_MS
/** A deleted account is an empty row from the start, and none at all after that. */
export const DELETED_USER_KEPT_MS = 90 * DAY_MS
/** A retired key is published until the last token signed with it has expired, and for clocks that are off. */
export const RETIRED_KEY_PUBLISHED_MS = ACCESS_TOKEN_MS + 5 * MINUTE_MS

export const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms)
