import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until `look` returns something true, and returns it. Fails with what it last saw. */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  withinMs = 20_000,
): Promise<Exclude<T, false | null | undefined>> {
  const end = Date.now() + withinMs
  let last: unknown
  while (Date.now() < end) {
    try {
      last = await look()
      if (last) return last as Exclude<T, false | null | undefined>
    } catch (error) {
      last = error
    }
    await sleep(25)
  }
  throw new Error(
    `after ${withinMs / 1000} s still not: ${what}; last seen: ${
      last instanceof Error ? last.message : JSON.stringify(last)
    }`,
  )
}
