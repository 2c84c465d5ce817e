import { createRequire } from 'node:module'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { registry } from '../services/registry.ts'
import type { Service } from '../shared/service/service.ts'
import { loweredBudgets } from './generate/budget.ts'
import { contracts } from './generate/contracts.ts'

/**
 * Writes what is generated and committed: a migration for each service whose tables have changed, the contracts under
 * openapi/, and the statement budgets where tests/budget.test.ts just counted less. `--check` writes nothing and fails
 * when a migration or a contract would change.
 */
const kit = createRequire(import.meta.url)('drizzle-kit/api')
const isCheck = process.argv.includes('--check')
const stale: string[] = []

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined

for (const service of registry) if (!only || service.name === only) await migration(service)
for (const [path, text] of await contracts(registry)) {
  await put(new URL(`../openapi/${path}`, import.meta.url), text)
}
const budgets = isCheck ? undefined : loweredBudgets()
if (budgets) await put(new URL('../tests/budget.json', import.meta.url), budgets)

if (isCheck && stale.length > 0) {
  console.error(`out of date, run \`npm run generate\`:\n${stale.map((path) => `  ${path}`).join('\n')}`)
  process.exit(1)
}
process.exit(0)

/** Compares the tables with the snapshot of the last migration and writes the difference as the next one. */
async function migration(service: Service): Promise<void> {
  const snapshotFile = new URL('snapshot.json', service.migrations)
  const before = JSON.parse(await read(snapshotFile) ?? 'null') ?? await kit.generateMySQLDrizzleJson({})
  const after = await kit.generateMySQLDrizzleJson(service.tables, before.id)
  const statements = foldIndexes(await kit.generateMySQLMigration(before, after))
  if (statements.length === 0) return
  const isFirst = await read(snapshotFile) === undefined
  const last = isFirst ? 0 : Number((await migrationNames(service)).at(-1)!.slice(0, 4))
  const name = `${String(last + 1).padStart(4, '0')}_${isFirst ? 'initial' : 'changes'}.sql`
  await put(
    new URL(name, service.migrations),
    statements.map((each) => each.trim().replace(/;?$/, ';')).join('\n\n') + '\n',
  )
  await put(snapshotFile, JSON.stringify(after, null, 1) + '\n')
}

/** An index of a table that is new belongs into its CREATE TABLE: a third of the time of making a shop. */
function foldIndexes(statements: string[]): string[] {
  const tables = new Map<string, { at: number; keys: string[] }>()
  const kept: string[] = []
  for (const statement of statements) {
    const created = /^CREATE TABLE `(\w+)`/.exec(statement)?.[1]
    const [, kind, name, table, columns] =
      /^CREATE (UNIQUE )?INDEX `(\w+)` ON `(\w+)` (\(.+\));?\s*$/.exec(statement) ?? []
    if (table && tables.has(table)) {
      tables.get(table)!.keys.push(`\t${kind ?? ''}KEY \`${name}\` ${columns}`)
      continue
    }
    if (created) tables.set(created, { at: kept.length, keys: [] })
    kept.push(statement)
  }
  for (const { at, keys } of tables.values()) {
    if (keys.length > 0) kept[at] = kept[at]!.trim().replace(/\n\);$/, `,\n${keys.join(',\n')}\n);`)
  }
  return kept
}

async function migrationNames(service: Service): Promise<string[]> {
  await mkdir(service.migrations, { recursive: true })
  return (await readdir(service.migrations)).filter((name) => name.endsWith('.sql')).sort()
}

async function put(file: URL, text: string): Promise<void> {
  if (await read(file) === text) return
  const path = file.pathname.slice(new URL('../', import.meta.url).pathname.length)
  if (isCheck) return void stale.push(path)
  await mkdir(new URL('./', file), { recursive: true })
  await writeFile(file, text)
  console.log(`wrote ${path}`)
}

function read(file: URL): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined)
}
