import { readFileSync } from 'node:fs'

/** Of Linux: what /proc counts in. */
const TICKS_PER_SECOND = 100

/** Seconds of a core that a process has used, over all of its threads. NaN where there is no /proc. */
export function cpuSeconds(pid: number | undefined): number {
  if (pid === undefined) return NaN
  try {
    // After the name, which may hold anything: the 14th and 15th field of the line are its 12th and 13th here.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return NaN
  }
}

export type Cores = { region: number; database: number }

/** Cores that region and database used while `work` went on, in the mean. */
export async function withCores<T>(
  pids: { region?: number; database?: number },
  work: () => Promise<T>,
): Promise<{ result: T; cores: Cores }> {
  const seconds = () => ({ region: cpuSeconds(pids.region), database: cpuSeconds(pids.database) })
  const [before, begun] = [seconds(), performance.now()]
  const result = await work()
  const [after, took] = [seconds(), (performance.now() - begun) / 1_000]
  return {
    result,
    cores: {
      region: (after.region - before.region) / took,
      database: (after.database - before.database) / took,
    },
  }
}
