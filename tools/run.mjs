// The entry of every npm script. Plain Node without dependencies: it works straight after a clone.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, chmodSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants as system } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const COMMANDS = ['up', 'demo', 'test', 'check', 'bench', 'generate', 'migrate', 'doctor']
const MIN_NODE = 20
/** Of npm's output, shown when it fails. */
const SHOWN_LINES = 15
const PARENT_CHECK_MS = 500

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const lockfile = join(root, 'package-lock.json')
const stampFile = join(modules, '.verything-stamp')

main(process.argv.slice(2)).catch((error) => fail(error.message))

async function main([command, ...args]) {
  const major = Number(process.versions.node.split('.')[0])
  if (major < MIN_NODE) {
    fail(`Node ${MIN_NODE} or newer is needed, this is ${process.version}: https://nodejs.org`)
  }
  if (!COMMANDS.includes(command)) fail(`usage: node tools/run.mjs <${COMMANDS.join('|')}> [arguments]`, 2)
  if (!isInstalled()) await install()
  process.exitCode = command === 'test'
    ? await run(process.execPath, [join(modules, 'vitest', 'vitest.mjs'), 'run', ...args], {
      isToldByTerminal: process.stdin.isTTY,
    })
    : await run(findDeno(), ['run', '-A', '--no-prompt', join('tools', `${command}.ts`), ...args])
}

/**
 * Runs a child in this terminal and answers its exit code, 128 + n when signal n ended it. It is told of every signal
 * and ends with whoever called this, as it has servers to stop.
 */
function run(program, args, { isToldByTerminal = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: 'inherit',
      env: { DENO_NO_UPDATE_CHECK: '1', ...process.env, STOP_WITH_PARENT: '1' },
    })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    // At Ctrl-C a terminal tells all its processes. Our tools take twice within a second for once, others don't.
    if (isToldByTerminal) process.removeAllListeners('SIGINT').on('SIGINT', () => {})
    endWithNpm(() => child.kill('SIGTERM'))
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? 128 + (system.signals[signal] ?? 0)))
  })
}

/** npm, and the shell it puts between, may end of a signal without passing it on. */
function endWithNpm(end) {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    end()
  }, PARENT_CHECK_MS)
  watch.unref()
}

/** The binary of the npm package `deno`, without the Node process that its own launcher keeps around. */
function findDeno() {
  const exe = process.platform === 'win32' ? 'deno.exe' : 'deno'
  const libc = process.platform === 'linux' ? '-glibc' : ''
  const target = `@deno/${process.platform}-${process.arch}${libc}`
  let path
  try {
    const require = createRequire(join(modules, 'deno', 'package.json'))
    path = join(dirname(require.resolve(`${target}/package.json`)), exe)
    accessSync(path, constants.R_OK)
  } catch {
    throw new Error(
      `${target} is missing: Deno has no build for this machine, or npm left out optional packages`,
    )
  }
  try {
    accessSync(path, constants.X_OK)
  } catch {
    chmodSync(path, 0o755)
  }
  return path
}

/** The lock's hash and the machine's kind: node_modules of one platform don't work on another. */
function stamp() {
  const hash = createHash('sha256').update(readFileSync(lockfile)).digest('hex')
  return `${hash} ${process.platform}-${process.arch}\n`
}

function isInstalled() {
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') === stamp()
  // Installed by hand: npm writes this file last, so it is whole if it is there.
  const own = join(modules, '.package-lock.json')
  if (!existsSync(own) || statSync(own).mtimeMs < statSync(lockfile).mtimeMs) return false
  writeFileSync(stampFile, stamp())
  return true
}

async function install() {
  const live = process.stderr.isTTY === true && !process.env.CI
  const started = Date.now()
  const seconds = (digits) => ((Date.now() - started) / 1000).toFixed(digits)
  const draw = () => process.stderr.write(`\r\x1b[2K… npm packages ${seconds(0)} s`)
  if (live) draw()
  else process.stderr.write('… npm packages\n')
  const timer = live ? setInterval(draw, 1_000) : undefined
  const { code, output } = await npmCi()
  clearInterval(timer)
  if (live) process.stderr.write('\r\x1b[2K')
  if (code !== 0) {
    const lines = telling(output)
    fail(`npm ci failed after ${seconds(1)} s:\n${lines.join('\n')}`)
  }
  writeFileSync(stampFile, stamp())
  process.stderr.write(`✓ ${'npm packages'.padEnd(48)}  ${seconds(1)} s\n`)
}

/** npm gives its reasons first and ends with pages of usage: the first lines of its errors, else the last. */
function telling(output) {
  const [own] = output.split(/^npm error Clean install a project$/m)
  const lines = own.split('\n').map((line) => line.trimEnd()).filter(Boolean)
  const errors = lines.filter((line) => /^npm (error|ERR!) \S/.test(line))
  return errors.length > 0 ? errors.slice(0, SHOWN_LINES) : lines.slice(-SHOWN_LINES)
}

/** npm as the script that runs us, else the one on the PATH (a .cmd on Windows, hence the shell). */
function npmCi() {
  const script = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error']
  const isNpm = script && /npm-cli\.c?js$/.test(script)
  const child = isNpm
    ? spawn(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn('npm', args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
  let output = ''
  child.stdout.on('data', (chunk) => output += chunk)
  child.stderr.on('data', (chunk) => output += chunk)
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, output: error.message }))
    child.once('close', (code) => resolve({ code, output }))
  })
}

function fail(message, code = 1) {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}
