/**
 * What processes tell one another, best effort, when somebody's sessions or rights have changed: whatever they remember
 * of those is out of date. As narrow as the change: a sign-out concerns one person, not everybody in the shop.
 */
export type SessionNews =
  & { tenant: string }
  & (
    /** One session of a user, or all of them. */
    | { user: string; session?: string }
    /** What a role grants: it concerns whoever has it. */
    | { role: string }
    /** A permission by this name is gone or has another name. */
    | { permission: string }
    /** The keys that tokens are verified with. */
    | { keys: true }
  )

export const SESSION_NEWS = 'sessions'

export const encodeNews = (news: SessionNews): string => JSON.stringify(news)

/** Undefined for a message of another version of the platform: what is remembered then runs out by itself. */
export function decodeNews(text: string): SessionNews | undefined {
  try {
    const news = JSON.parse(text) as SessionNews
    return typeof news?.tenant === 'string' ? news : undefined
  } catch {
    return undefined
  }
}
