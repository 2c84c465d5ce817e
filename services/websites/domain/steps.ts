/** The making of a shop, in order. Each step can be repeated; undone in reverse order when one fails for good. */
export const STEPS = ['databases', 'migrations', 'seed', 'owner', 'verification', 'activation'] as const
export type StepName = (typeof STEPS)[number]

/** The first step that is not done yet; undefined when all are. */
export const nextStep = (done: readonly string[]): StepName | undefined =>
  STEPS.find((step) => !done.includes(step))

/** What has to be undone, last first, when only these were done. */
export const toUndo = (done: readonly string[]): StepName[] =>
  STEPS.filter((step) => done.includes(step)).reverse()
