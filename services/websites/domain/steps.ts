/** The making of a shop, in order. Each step finds by itself what an interrupted attempt has done of it. */
export const STEPS = ['databases', 'seed', 'owner', 'verification', 'activation'] as const
export type StepName = (typeof STEPS)[number]

/** Then it is undone completely. */
export const MAX_ATTEMPTS = 3
const MAX_REST_MS = 60_000

/** How long work rests after it has failed so often, milliseconds. */
export const restMs = (attempts: number): number => Math.min(attempts * 1_000, MAX_REST_MS)
