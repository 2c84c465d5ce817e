/**
 * PlanetScale's HTTP protocol as `@planetscale/database` 1.20 speaks it: values are MySQL's own text, of a row all
 * in one base64 string, told apart by their lengths.
 */
export type WireField = {
  name: string
  type: string
  table: string
  orgTable: string
  database: string
  orgName: string
  columnLength: number
  charset: number
  decimals: number
  flags: number
}
export type WireRow = { lengths: string[]; values: string }
export type WireResult = { fields: WireField[]; rows: WireRow[] }

/** Names of Vitess's error codes, those that are used here. */
export type WireCode =
  | 'INVALID_ARGUMENT'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'DEADLINE_EXCEEDED'
  | 'UNIMPLEMENTED'
  | 'UNAVAILABLE'
  | 'UNKNOWN'

/** What a caller of the gateway is told. */
export class WireError extends Error {
  readonly code: WireCode
  constructor(code: WireCode, message: string) {
    super(message)
    this.code = code
  }
}

/** mysql2's description of a column. */
export type Column = {
  name: string
  orgName: string
  table: string
  orgTable: string
  schema: string
  columnLength: number
  characterSet: number
  columnType: number
  decimals: number
  flags: number
}

export function wireField(column: Column): WireField {
  const { name, table, orgTable, orgName, columnLength, decimals, flags } = column
  return {
    name,
    type: typeName(column),
    table,
    orgTable,
    database: column.schema,
    orgName,
    columnLength,
    charset: column.characterSet,
    decimals,
    flags,
  }
}

/** Null is -1 long. */
export function wireRow(values: (Uint8Array | null)[]): WireRow {
  return {
    lengths: values.map((value) => String(value === null ? -1 : value.length)),
    values: Buffer.concat(values.filter((value) => value !== null)).toString('base64'),
  }
}

const UNSIGNED = 32
const ENUM = 256
const SET = 2048
const BINARY_CHARSET = 63

/** MySQL's column types under Vitess's names. */
const NAMES: Record<number, string> = {
  0: 'DECIMAL',
  1: 'INT8',
  2: 'INT16',
  3: 'INT32',
  4: 'FLOAT32',
  5: 'FLOAT64',
  6: 'NULL',
  7: 'TIMESTAMP',
  8: 'INT64',
  9: 'INT24',
  10: 'DATE',
  11: 'TIME',
  12: 'DATETIME',
  13: 'YEAR',
  15: 'VARCHAR',
  16: 'BIT',
  245: 'JSON',
  246: 'DECIMAL',
  247: 'ENUM',
  248: 'SET',
  249: 'TEXT',
  250: 'TEXT',
  251: 'TEXT',
  252: 'TEXT',
  253: 'VARCHAR',
  254: 'CHAR',
  255: 'GEOMETRY',
}
const BINARY_NAMES: Record<string, string> = { TEXT: 'BLOB', VARCHAR: 'VARBINARY', CHAR: 'BINARY' }

function typeName({ columnType, flags, characterSet }: Column): string {
  const name = NAMES[columnType] ?? 'VARBINARY'
  if (flags & ENUM) return 'ENUM'
  if (flags & SET) return 'SET'
  if (name.startsWith('INT')) return flags & UNSIGNED ? `U${name}` : name
  return characterSet === BINARY_CHARSET ? BINARY_NAMES[name] ?? name : name
}
