import type { Figures } from './compare.ts'
import type { Spent } from './statements.ts'

/** `spent` is undefined where the database server lets us keep no log. */
export type Measured = Figures & { spent?: Spent }
/** Rates of the region and the floor, each a second. */
export type Rates = Pick<Figures, 'region' | 'floor' | 'ratio'> & Partial<Measured>

type Row = {
  title: string
  /** What the floor does for one. */
  floor: string
  minRatio: number
}

/** By their key in `--json`. */
const COMPARED = {
  detail: { title: 'product detail', floor: 'one statement by key, a stored document', minRatio: 0.5 },
  list: { title: 'list of 20', floor: 'one index range of 20 ready cards', minRatio: 0.5 },
  search: { title: 'text search', floor: 'one full-text match of 20 ready cards', minRatio: 0.5 },
  add_to_basket: { title: 'add to basket', floor: '5 statements and a commit', minRatio: 0.5 },
  checkout: { title: 'order of a ready basket', floor: '8 statements and a commit', minRatio: 0.4 },
  checkout_settled: {
    title: '  until stock, basket and events have followed',
    floor: 'the same',
    minRatio: 0.3,
  },
  whole_checkout: {
    title: 'whole checkout: two lines added, then ordered',
    floor: 'the same, once; 16 buyers',
    minRatio: 0.2,
  },
} satisfies Record<string, Row>
export type Compared = keyof typeof COMPARED
const compared = Object.keys(COMPARED) as Compared[]

const LIMITS = {
  edge_overhead_p50_ms: ['edge overhead, p50', 1, 'ms'],
  flash_sale_region_rps: ['flash sale: reaches the region', 1, '/s'],
  provisioning_p95_ms: ['provisioning, p95', 2_000, 'ms'],
  event_delay_p50_ms: ['event: commit to applied, p50', 10, 'ms'],
  event_backlog_ms: ['events behind, after checkouts at full speed', 2_000, 'ms'],
  region_rss_mb: ['region memory', 400, 'MB'],
  edge_bundle_gzip_kb: ['edge bundle, gzip', 1_000, 'kB'],
} as const
type Limited = keyof typeof LIMITS
const limited = Object.keys(LIMITS) as Limited[]

/** Figures as they were measured, named with their units; MB and kB are decimal. */
export type Report =
  & { compared: Record<Exclude<Compared, 'checkout_settled'>, Measured> & { checkout_settled: Rates } }
  & Record<Limited, number>

/** Nothing is decided here. */
export function table(report: Report): string {
  const heads = [
    'a second',
    'region',
    'floor',
    'ratio',
    'of pairs',
    'target',
    'holds',
    'statements',
    'commits',
    'cores: region, database',
    'region p50 / p95 / p99 ms',
    'the floor does',
  ]
  const rows = compared.map((name) => {
    const { title, floor, minRatio } = COMPARED[name]
    const rates: Rates = report.compared[name]
    const { spread, spent, cores, p50, p95, p99 } = rates
    return [
      title,
      thousands(rates.region),
      thousands(rates.floor),
      rates.ratio.toFixed(3),
      spread ? spread.map((each) => each.toFixed(2)).join('–') : '',
      `≥ ${minRatio}`,
      holds(rates.ratio >= minRatio),
      spent ? afterwards(spent.before.statements, spent.after.statements) : '',
      spent ? afterwards(spent.before.commits, spent.after.commits) : '',
      cores ? `${cores.region.toFixed(2)}, ${cores.database.toFixed(2)}` : '',
      spread ? [p50!, p95!, p99!].map((ms) => ms.toFixed(1)).join(' / ') : '',
      floor,
    ]
  })
  const others = limited.map((name) => {
    const [title, limit, unit] = LIMITS[name]
    const digits = report[name] < 100 ? 2 : 0
    return [
      title,
      `${report[name].toFixed(digits)} ${unit}`,
      `< ${limit} ${unit}`,
      holds(report[name] < limit),
    ]
  })
  return [
    aligned([heads, ...rows]),
    '  Statements and commits are the region’s for one, with (+ those after its answer) at the speed of a burst.',
    aligned([['', 'measured', 'target', 'holds'], ...others]),
  ].join('\n\n')
}

/** The object of `--json`. */
export function json(report: Report): Record<string, unknown> {
  return Object.fromEntries([
    ...compared.map((name) => [name, jsonOf(report.compared[name])]),
    ...limited.map((name) => [name, round(report[name], 2)]),
  ])
}

const jsonOf = ({ region, floor, ratio, spent, cores }: Rates) => ({
  region_rps: round(region),
  floor_rps: round(floor),
  ratio: round(ratio, 3),
  ...(spent && {
    statements: round(spent.before.statements),
    commits: round(spent.before.commits),
    statements_after: round(spent.after.statements),
    commits_after: round(spent.after.commits),
  }),
  ...(cores && { region_cores: round(cores.region, 2), database_cores: round(cores.database, 2) }),
})

const afterwards = (before: number, after: number) =>
  round(after) === 0 ? short(before) : `${short(before)} (+ ${short(after)})`
const short = (value: number) => String(round(value))
const holds = (is: boolean) => is ? 'yes' : 'NO'
const thousands = (value: number) => Math.round(value).toLocaleString('en')
const round = (value: number, digits = 1) => Number(value.toFixed(digits))

/** The first column to the left, figures to the right. */
export function aligned(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    `  ${row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join('   ')}`
  ).join('\n')
}
