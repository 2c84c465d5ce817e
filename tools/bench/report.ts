import type { Figures } from './compare.ts'

export const COMPARED = ['detail', 'list', 'search', 'add_to_basket', 'checkout'] as const
export type Compared = (typeof COMPARED)[number]

/** What `--json` writes, but for the ratios' spread and the latencies. Named with their units; MB and kB are decimal. */
export type Report = Record<Compared, Figures> & {
  edge_overhead_p50_ms: number
  provisioning_p95_ms: number
  event_delay_p50_ms: number
  region_rss_mb: number
  edge_bundle_gzip_kb: number
}

const TITLES: Record<Compared, string> = {
  detail: 'product detail',
  list: 'list of 20',
  search: 'text search',
  add_to_basket: 'add to basket',
  checkout: 'checkout',
}
/** Of design.md section 12. Text search has none. */
const MIN_RATIO: Partial<Record<Compared, number>> = {
  detail: 0.7,
  list: 0.7,
  add_to_basket: 0.7,
  checkout: 0.5,
}
const LIMITS = {
  edge_overhead_p50_ms: ['edge overhead, p50', 3, 'ms'],
  provisioning_p95_ms: ['provisioning, p95', 2_000, 'ms'],
  event_delay_p50_ms: ['event: commit to applied, p50', 20, 'ms'],
  region_rss_mb: ['region memory', 400, 'MB'],
  edge_bundle_gzip_kb: ['edge bundle, gzip', 1_000, 'kB'],
} as const

/** Figures as they were measured; nothing is decided here. */
export function table(report: Report): string {
  const comparisons = COMPARED.map((name) => {
    const { region, floor, ratio, spread, p50, p95, p99 } = report[name]
    const target = MIN_RATIO[name]
    return [
      TITLES[name],
      thousands(region),
      thousands(floor),
      ratio.toFixed(2),
      spread.map((each) => each.toFixed(2)).join('–'),
      [p50, p95, p99].map((ms) => ms.toFixed(1)).join(' / '),
      target === undefined ? '' : `≥ ${target}`,
      target === undefined ? '' : holds(ratio >= target),
    ]
  })
  const others = (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((name) => {
    const [title, limit, unit] = LIMITS[name]
    const digits = report[name] < 100 ? 1 : 0
    return [
      title,
      `${report[name].toFixed(digits)} ${unit}`,
      `< ${limit} ${unit}`,
      holds(report[name] < limit),
    ]
  })
  const heads = [
    '',
    'region/s',
    'floor/s',
    'ratio',
    'of pairs',
    'region p50 / p95 / p99 ms',
    'target',
    'holds',
  ]
  return `${aligned([heads, ...comparisons])}\n\n${aligned([['', 'measured', 'target', 'holds'], ...others])}`
}

/** The object of `--json`. */
export function json(report: Report): Record<string, unknown> {
  const compared = COMPARED.map((name) => {
    const { region, floor, ratio } = report[name]
    return [name, { region_rps: round(region), floor_rps: round(floor), ratio: round(ratio, 3) }]
  })
  const others = (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((
    name,
  ) => [name, round(report[name], 2)])
  return Object.fromEntries([...compared, ...others])
}

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
