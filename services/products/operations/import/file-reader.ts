import { type ImportNote, type ImportRecord, toRecord } from '../../domain/import-record.ts'
import { readShopifyCsv } from '../../domain/shopify/index.ts'

export type FileFacts = { products: number; problems: ImportNote[] }
export type FileBatch = { records: ImportRecord[]; problems: ImportNote[] }

/** An opened file of products. */
export type FileReader = {
  open(bytes: Uint8Array, minorDigits: number): Promise<FileFacts>
  /** The next records from `from` on: at most `BATCH`, and fewer where they are large. */
  batch(from: number): Promise<FileBatch>
  close(): void
}

const BATCH = 100
/** A batch is written in few statements, and a server takes 16 MB in one (max_allowed_packet). */
const BATCH_BYTES = 2 * 1024 * 1024
/** 10 MB take 1.4 s to read: beyond this size it must not happen where shoppers are being answered. */
const INLINE_BYTES = 128 * 1024

export function fileReader(bytes: number): FileReader {
  return bytes <= INLINE_BYTES || typeof Worker === 'undefined' ? inlineReader() : workerReader()
}

export function inlineReader(): FileReader {
  let file: ReturnType<typeof readShopifyCsv> | undefined
  return {
    open(bytes, minorDigits) {
      file = readShopifyCsv(bytes, { minorDigits })
      return Promise.resolve({ products: file.products.length, problems: file.problems })
    },
    batch(from) {
      const batch: FileBatch = { records: [], problems: [] }
      let size = 0
      for (const product of file!.products.slice(from, from + BATCH)) {
        const { record, notes } = toRecord(product)
        size += JSON.stringify(record).length
        if (batch.records.length > 0 && size > BATCH_BYTES) break
        batch.records.push(record)
        batch.problems.push(...notes)
      }
      return Promise.resolve(batch)
    },
    close() {},
  }
}

/** The same in a thread of its own. One call at a time. */
function workerReader(): FileReader {
  const worker = new Worker(new URL('./file-reader.worker.ts', import.meta.url), { type: 'module' })
  const ask = <T>(method: 'open' | 'batch', args: unknown[]) =>
    new Promise<T>((resolve, reject) => {
      worker.onmessage = ({ data }) => data.error ? reject(new Error(data.error)) : resolve(data.value)
      worker.onerror = (event) => {
        event.preventDefault()
        reject(new Error(event.message))
      }
      worker.postMessage({ method, args })
    })
  return {
    open: (...args) => ask<FileFacts>('open', args),
    batch: (...args) => ask<FileBatch>('batch', args),
    close: () => worker.terminate(),
  }
}
