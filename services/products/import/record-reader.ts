import { decodeFile } from '../domain/shopify/decode.ts'
import { ShopifyFile } from '../domain/shopify/file.ts'
import { CSV_PROBLEMS } from '../domain/shopify/types.ts'
import { MAX_PROBLEMS } from '../shapes/admin-product-import.ts'
import { Notes } from './notes.ts'
import { type ImportNote, type ImportRecord, toRecord } from './record.ts'

export type FileFacts = { bytes: number; charset: string | null; minorDigits: number }
export type Batch = { count: number; records: Uint8Array }
export type Found = { total: number; problems: ImportNote[]; problem_count: number }

/** A batch is stored in few statements, and a server takes 16 MB in one (max_allowed_packet). */
const BATCH = 50
const BATCH_CHARACTERS = 1024 * 1024

/** Reads a file that comes in parts: all of them, then the records in batches, then what was found. */
export class RecordReader {
  readonly #facts: FileFacts
  readonly #bytes: Uint8Array
  readonly #notes = new Notes(MAX_PROBLEMS)
  #filled = 0
  #file!: ShopifyFile
  #total = 0
  #next = 0

  constructor(facts: FileFacts) {
    this.#facts = facts
    this.#bytes = new Uint8Array(facts.bytes)
  }

  push(part: Uint8Array): void {
    this.#bytes.set(part, this.#filled)
    this.#filled += part.length
  }

  /** When the last part is there. */
  open(): void {
    const { charset, minorDigits } = this.#facts
    this.#file = new ShopifyFile(
      decodeFile(this.#bytes, charset),
      minorDigits,
      (line, handle, code, message) =>
        this.#notes.add({ line, handle, severity: CSV_PROBLEMS[code], code, message }),
    )
    this.#total = this.#file.open()
  }

  /** Null after the last. */
  batch(): Batch | null {
    const records: string[] = []
    for (
      let size = 0;
      this.#next < this.#total && records.length < BATCH && size < BATCH_CHARACTERS;
      this.#next++
    ) {
      const { record, notes } = toRecord(this.#file.product(this.#next))
      for (const note of notes) this.#notes.add(note)
      const text = JSON.stringify(record)
      size += text.length
      records.push(text)
    }
    if (records.length === 0) return null
    return { count: records.length, records: new TextEncoder().encode(`[${records.join(',')}]`) }
  }

  found(): Found {
    return { total: this.#total, problems: this.#notes.kept, problem_count: this.#notes.count }
  }
}

export const recordsOf = (batch: Uint8Array): ImportRecord[] => JSON.parse(new TextDecoder().decode(batch))
