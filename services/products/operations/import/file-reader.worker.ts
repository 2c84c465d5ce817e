import { inlineReader } from './file-reader.ts'

type Call = { method: 'open'; args: [Uint8Array, number] } | { method: 'batch'; args: [number] }

const reader = inlineReader()
const thread = self as unknown as {
  onmessage: (event: { data: Call }) => void
  postMessage(message: unknown): void
}

thread.onmessage = async ({ data: call }) => {
  try {
    const value = call.method === 'open' ? await reader.open(...call.args) : await reader.batch(...call.args)
    thread.postMessage({ value })
  } catch (error) {
    thread.postMessage({ error: (error as Error).message })
  }
}
