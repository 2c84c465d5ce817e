import { spawn } from 'node:child_process'
import process from 'node:process'
import { denoPath } from './stack/deno.ts'
import { ROOT } from './stack/region.ts'
import { reason, step, wasReported } from './stack/index.ts'

/** `npm run check`: everything that needs no server. */
const CHECKED = [
  'deploy',
  'services',
  'shared',
  'workers',
  'tests',
  'tools',
  'vitest.config.ts',
  'deno.json',
  'package.json',
  'tsconfig.json',
]
const isNode = { tsc: 'node_modules/typescript/bin/tsc', vitest: 'node_modules/vitest/vitest.mjs' }

const checks: [string, string, string[]][] = [
  ['format (else: npm run format)', denoPath(), ['fmt', '--check', ...CHECKED]],
  ['lint', denoPath(), ['lint', ...CHECKED.filter((path) => !path.includes('.'))]],
  ['types', 'node', [isNode.tsc, '-p', '.']],
  ['generated files (else: npm run generate)', denoPath(), [
    'run',
    '-A',
    '--no-prompt',
    'tools/generate.ts',
    '--check',
  ]],
  ['import direction and documents', 'node', [isNode.vitest, 'run', '--project', 'unit', 'tools/check/']],
]

try {
  for (const [name, command, args] of checks) await step(name, () => run(command, args))
} catch (error) {
  if (!wasReported(error)) console.error(reason(error))
  process.exit(1)
}
process.exit(0)

/** Throws with the first lines of what the command printed. */
function run(command: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => output += chunk)
    child.stderr.on('data', (chunk) => output += chunk)
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) return resolve()
      process.stderr.write(output.slice(0, 8_000) + '\n')
      reject(new Error(`exit code ${code}`))
    })
  })
}
