import { encodeNews, SESSION_NEWS, type SessionNews } from '../../shared/auth/session-news.ts'
import type { Ctx } from './needs.ts'

type OfOneShop<N> = N extends unknown ? Omit<N, 'tenant'> : never

/** Tells every process, once the change is committed, to forget what it remembers of these sessions or rights. */
export function tellSessions(ctx: Ctx, news: OfOneShop<SessionNews>): void {
  ctx.afterCommit(() =>
    ctx.broadcast(SESSION_NEWS, encodeNews({ tenant: ctx.tenant.id, ...news } as SessionNews))
  )
}
