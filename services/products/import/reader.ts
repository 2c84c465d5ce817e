import { Worker } from 'node:worker_threads'
import { type Batch, type FileFacts, type Found, RecordReader } from './record-reader.ts'
import type { Call } from './reader.worker.ts'

/** A file being read: `push` its parts, `open` it, take `batch` after batch until null, then see what was `found`. */
export type FileReader = {
  push(part: Uint8Array): Promise<void>
  open(): Promise<void>
  batch(): Promise<Batch | null>
  found(): Promise<Found>
  close(): void
}

/** Reading the file took more memory or time than it may, or failed in a way that trying again won't change. */
export class ReaderDied extends Error {}

/** Beyond this size reading must not happen where shoppers are being answered: 128 KB take 20 ms. */
export const INLINE_BYTES = 128 * 1024
/** 50 MB take 30 s on one core that is free. */
const TIME_LIMIT_MS = 300_000
/** Beside the file's own bytes. Measured for 500,000 records: 90 MB. */
const MEMORY = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 }

export const openReader = (facts: FileFacts): FileReader =>
  facts.bytes <= INLINE_BYTES || !('Deno' in globalThis) ? inlineReader(facts) : threadReader(facts)

function inlineReader(facts: FileFacts): FileReader {
  const reader = new RecordReader(facts)
  const soon = <T>(work: () => T): Promise<T> =>
    Promise.resolve().then(work).catch((error) => Promise.reject(new ReaderDied(String(error))))
  return {
    push: (part) => soon(() => reader.push(part)),
    open: () => soon(() => reader.open()),
    batch: () => soon(() => reader.batch()),
    found: () => soon(() => reader.found()),
    close() {},
  }
}

/** The same in a thread of its own, which may die without harm to anyone. One call at a time. */
function threadReader(facts: FileFacts): FileReader {
  const worker = new Worker(new URL('./reader.worker.ts', import.meta.url), { resourceLimits: MEMORY })
  let waiting: { resolve: (value: never) => void; reject: (error: Error) => void } | undefined
  let death: ReaderDied | undefined
  const die = (reason: string) => {
    death ??= new ReaderDied(reason)
    waiting?.reject(death)
    void worker.terminate()
  }
  const timer = setTimeout(() => die(`not read after ${TIME_LIMIT_MS} ms`), TIME_LIMIT_MS)
  worker.on('message', (value) => waiting?.resolve(value as never))
  worker.on('error', (error) => die(String(error)))
  worker.on('exit', () => die('the reading thread ended'))
  const ask = <T>(call: Call, moved: ArrayBuffer[] = []) =>
    new Promise<T>((resolve, reject) => {
      if (death) return reject(death)
      waiting = { resolve, reject }
      worker.postMessage(call, moved)
    })
  const started = ask<void>({ method: 'start', args: [facts] })
  started.catch(() => {})
  return {
    async push(part) {
      await started
      const own = Uint8Array.from(part)
      await ask<void>({ method: 'push', args: [own] }, [own.buffer])
    },
    open: () => ask({ method: 'open', args: [] }),
    batch: () => ask({ method: 'batch', args: [] }),
    found: () => ask({ method: 'found', args: [] }),
    close() {
      clearTimeout(timer)
      die('closed')
    },
  }
}
