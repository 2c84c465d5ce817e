import { on } from '../../../shared/service/service.ts'
import { searchOutdated } from '../events.ts'
import type { Ctx } from '../needs.ts'
import { refreshBrandSearch } from '../operations/brands/refresh-search.ts'

export const onSearchOutdated = on<Ctx, typeof searchOutdated.data>(
  searchOutdated,
  'refresh-search',
  (ctx, { data }) => refreshBrandSearch(ctx, data),
)
