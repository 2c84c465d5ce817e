import { Turnstile } from '../../../shared/kernel/turnstile.ts'
import type { Ctx } from '../needs.ts'
import { failImport, type ImportId, TakenOver } from './claims.ts'
import { ImportRun, type NextStep } from './import-run.ts'

/**
 * What this process does for imports at a time, over all its shops: it reads one large file, in a thread of its own,
 * and stores two batches, one of a shop.
 */
const lanes = {
  read: new Turnstile<string>({ width: 1 }),
  store: new Turnstile<string>({ width: 2, each: 1 }),
}

/** After so many failures in a row an import is left to others, or ends. Waits between them add up to 4 minutes. */
const MAX_FAILURES = 10
const MAX_WAIT_MS = 30_000

const inHand = new Set<ImportId>()

/** Takes an import to its end, in turns with those of other shops. */
export function enqueueImport(ctx: Ctx, id: ImportId): void {
  if (inHand.has(id)) return
  inHand.add(id)
  const run = new ImportRun(ctx, id)
  let failures = 0
  const turn = (step: Exclude<NextStep, 'over'>) =>
    void lanes[step].pass(ctx.tenant.id, async () => {
      try {
        const next = await run.step()
        failures = 0
        if (next === 'over') inHand.delete(id)
        else turn(next)
      } catch (error) {
        ctx.log.warn('import interrupted', { import: id, error })
        if (++failures === MAX_FAILURES) return await giveUp(ctx, run, id)
        // The claim is kept meanwhile: what is away is the database, not this process.
        const timer = setTimeout(() => turn(step), Math.min(MAX_WAIT_MS, 500 * 2 ** failures))
        ;(timer as { unref?: () => void }).unref?.()
      }
    })
  turn('store')
}

async function giveUp(ctx: Ctx, run: ImportRun, id: ImportId): Promise<void> {
  run.leave()
  inHand.delete(id)
  if (!run.claim) return
  await failImport(ctx, run.claim, 'import_interrupted', 'it failed too often: send the file again')
    .catch((error) => error instanceof TakenOver || ctx.log.warn('import left', { import: id, error }))
}
