import { encodeNews, SESSION_NEWS, type SessionNews } from '../../shared/auth/session-news.ts'
import type { Tx } from '../../shared/service/context.ts'
import type { Ctx } from './needs.ts'

type OfOneShop<N> = N extends unknown ? Omit<N, 'tenant'> : never

/** Tells every process, once the change is committed, to forget what it remembers of these sessions or rights. */
export function tellSessions(ctx: Ctx, tx: Tx, news: OfOneShop<SessionNews>): void {
  tx.afterCommit(() =>
    ctx.broadcast(SESSION_NEWS, encodeNews({ tenant: ctx.tenant.id, ...news } as SessionNews))
  )
}
