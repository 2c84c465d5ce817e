import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import mysql from 'mysql2/promise'
import { measure } from './bench/measure.ts'
import { QUICK, THOROUGH } from './bench/compare.ts'
import { measureNeighbours, neighboursJson, neighboursTable } from './bench/neighbours.ts'
import { json, table } from './bench/report.ts'
import { measureScale, scaleJson, scaleTable } from './bench/scale.ts'
import { reason, step, stopAll, stopOnSignals, wasReported } from './stack/index.ts'
import { startPlatform } from './stack/platform.ts'

/**
 * `npm run bench [-- --json FILE] [-- --quick] [-- --neighbours | --scale [--shops 1000]]`: what the region does against
 * the least that it could cost, measured on a platform of its own that is removed afterwards; with `--neighbours` instead
 * what one shop feels of another's load, with `--scale` what a region with so many shops does. Fails when something
 * doesn't work, never for being slow.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    neighbours: { type: 'boolean', default: false },
    scale: { type: 'boolean', default: false },
    shops: { type: 'string', default: '1000' },
  },
  args: process.argv.slice(2).filter((each) => each !== '--'),
})
const file = values.json && resolve(process.env.INIT_CWD ?? process.cwd(), values.json)
const dir = mkdtempSync(join(tmpdir(), 'cv-bench-'))
stopOnSignals(remove)

let code = 1
try {
  await bench()
  code = 0
} catch (error) {
  if (!wasReported(error)) console.error(`✗ ${reason(error)}`)
  if (process.env.DEBUG) console.error(error)
}
await remove()
process.exit(code)

async function bench(): Promise<void> {
  const platform = await startPlatform({ dir, withEdge: false, step, env: { LOG_LEVEL: 'warn' } })
  const connection = await mysql.createConnection({ uri: platform.servers.databaseUrl, timezone: 'Z' })
  const given = { dir, platform, connection, effort: values.quick ? QUICK : THOROUGH }
  const [text, figures] = await (values.neighbours ? neighbours : values.scale ? scale : everything)(given)
  await connection.end()
  console.log(`\n${text}\n`)
  if (values.quick) console.log('  Short rounds: for trying out, not for the record.\n')
  if (file) writeFileSync(file, JSON.stringify(figures, null, 2) + '\n')
}

async function everything(given: Parameters<typeof measure>[0]): Promise<[string, unknown]> {
  const report = await measure(given)
  return [table(report), json(report)]
}

async function neighbours(given: Parameters<typeof measure>[0]): Promise<[string, unknown]> {
  const report = await measureNeighbours(given)
  return [neighboursTable(report), neighboursJson(report)]
}

async function scale(given: Parameters<typeof measure>[0]): Promise<[string, unknown]> {
  const shops = Number(values.shops)
  if (!Number.isInteger(shops) || shops < 20) throw new Error('--shops is a number of shops, 20 at least')
  const report = await measureScale({ ...given, shops })
  return [scaleTable(report), scaleJson(report)]
}

async function remove(): Promise<void> {
  await stopAll()
  rmSync(dir, { recursive: true, force: true })
}
