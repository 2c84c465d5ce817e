import { parentPort } from 'node:worker_threads'
import { type FileFacts, RecordReader } from './record-reader.ts'

export type Call =
  | { method: 'start'; args: [FileFacts] }
  | { method: 'push'; args: [Uint8Array] }
  | { method: 'open' | 'batch' | 'found'; args: [] }

let reader: RecordReader

parentPort!.on('message', ({ method, args }: Call) => {
  if (method === 'start') reader = new RecordReader(...args)
  const value = method === 'start' ? undefined : method === 'push' ? reader.push(...args) : reader[method]()
  const moved = value && 'records' in value ? [value.records.buffer as ArrayBuffer] : []
  parentPort!.postMessage(value, moved)
})
