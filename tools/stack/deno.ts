import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'

/** The Deno binary: the one that runs this, or the one of the npm package when Node does. */
export function denoPath(): string {
  if ('deno' in process.versions) return process.execPath
  const target = `@deno/${process.platform}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}`
  const deno = createRequire(createRequire(import.meta.url).resolve('deno/package.json'))
  return join(
    dirname(deno.resolve(`${target}/package.json`)),
    process.platform === 'win32' ? 'deno.exe' : 'deno',
  )
}
