import { isDuplicate } from '../../../shared/db/database.ts'

/**
 * Stores a row with the first of these slugs that no other row has, and returns that slug. `index` is the unique index of
 * the slugs. A slug refused rolls back its own statement only; that of the last one is the caller's to refuse.
 */
export async function withFirstFreeSlug(
  slugs: string[],
  index: string,
  insert: (slug: string) => PromiseLike<unknown>,
): Promise<string> {
  for (const [at, slug] of slugs.entries()) {
    try {
      await insert(slug)
      return slug
    } catch (error) {
      if (at === slugs.length - 1 || !isDuplicate(error, index)) throw error
    }
  }
  throw new Error('no slug to choose')
}
