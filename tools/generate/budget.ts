import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What one operation sends to the database server: for its answer, and because of it by what nobody waits for. */
export type Budget = { statements: number; commits: number; statements_after: number; commits_after: number }
export type Budgets = Record<string, Budget>

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const BUDGET = join(ROOT, 'tests', 'budget.json')
/** What the last run of tests/budget.test.ts counted. */
const COUNTED = join(ROOT, 'node_modules', '.cache', 'budget.json')

export const readBudgets = (): Budgets => existsSync(BUDGET) ? JSON.parse(readFileSync(BUDGET, 'utf8')) : {}

/** For `npm run generate`, which has no server to count on. */
export function writeCounted(counted: Budgets): void {
  mkdirSync(dirname(COUNTED), { recursive: true })
  writeFileSync(COUNTED, JSON.stringify({ sources: digest(), counted }))
}

/**
 * The text of tests/budget.json after the last run of its test: never more than before, operations that are new added
 * and those that are gone left out. Undefined when there was no run, or the sources have changed since.
 */
export function loweredBudgets(): string | undefined {
  if (!existsSync(COUNTED)) return undefined
  const { sources, counted } = JSON.parse(readFileSync(COUNTED, 'utf8')) as {
    sources: string
    counted: Budgets
  }
  if (sources !== digest()) return undefined
  return textOf(lowered(readBudgets(), counted))
}

export function lowered(budgets: Budgets, counted: Budgets): Budgets {
  return Object.fromEntries(
    Object.entries(counted).map(([name, count]) => {
      const budget = budgets[name] ?? count
      const least = (key: keyof Budget) => Math.min(budget[key], count[key])
      return [name, {
        statements: least('statements'),
        commits: least('commits'),
        statements_after: least('statements_after'),
        commits_after: least('commits_after'),
      }]
    }),
  )
}

/** A line for each, so that a change is one that can be read. */
const textOf = (budgets: Budgets): string =>
  `{\n${
    Object.entries(budgets).sort(([a], [b]) => a < b ? -1 : 1).map(([name, budget]) =>
      `  ${JSON.stringify(name)}: { ${
        Object.entries(budget).map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(', ')
      } }`
    ).join(',\n')
  }\n}\n`

/** Of all that decides about statements. */
function digest(): string {
  const hash = createHash('sha256')
  for (const folder of ['services', 'shared']) {
    for (const path of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      if (!/\.(ts|sql)$/.test(path) || path.endsWith('.test.ts')) continue
      hash.update(path).update(readFileSync(join(ROOT, folder, path)))
    }
  }
  return hash.digest('hex')
}
