import type { ImportNote, ImportRecord } from './record.ts'

/** What a batch came to, product by product. */
export class Report {
  readonly notes: ImportNote[] = []
  failed = 0

  add({ handle }: ImportRecord, notes: Omit<ImportNote, 'handle'>[]): void {
    for (const note of notes) this.notes.push({ ...note, handle })
  }

  warn(record: ImportRecord, code: string, message: string): void {
    this.add(record, [{ line: record.line, severity: 'warning', code, message }])
  }

  /** The product is left out. */
  refuse(record: ImportRecord, code: string, message: string): void {
    this.failed++
    this.add(record, [{ line: record.line, severity: 'error', code, message }])
  }
}
