import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

/** Places of servers that a user's PATH often lacks. */
const MORE_FOLDERS = [
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/usr/local/opt/mariadb/bin',
]

interface Product {
  programs: string[]
  /** mariadb-install-db calls my_print_defaults, which Debian keeps in the client's package. */
  debian: string[]
  brew: string
  /** Variable that points at an existing server, and its form for deploy/compose.yaml. */
  variable: string
  example: string
}

const PRODUCTS = {
  MariaDB: {
    programs: ['mariadbd', 'mariadb-install-db', 'my_print_defaults'],
    debian: ['mariadb-server-core', 'mariadb-client-core'],
    brew: 'mariadb',
    variable: 'DATABASE_URL',
    example: 'mysql://root:local@127.0.0.1:3306',
  },
  NATS: {
    programs: ['nats-server'],
    debian: ['nats-server'],
    brew: 'nats-server',
    variable: 'NATS_URL',
    example: 'nats://local:local@127.0.0.1:4222',
  },
} satisfies { [name: string]: Product }

export type ProductName = keyof typeof PRODUCTS

/** Absolute path of a program on the PATH or where Debian and Homebrew put servers. */
export function findProgram(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...MORE_FOLDERS]
  return folders.filter(Boolean).map((folder) => join(folder, program)).find(isExecutable)
}

/** Names of the products that this machine lacks, of those asked for. */
export function missing(products: ProductName[]): ProductName[] {
  return products.filter((name) => PRODUCTS[name].programs.some((program) => !findProgram(program)))
}

/**
 * Installs Debian's packages of `products`; starts no service. Throws one line that says what to
 * install by hand when this isn't root on a Debian, or when apt fails.
 */
export async function install(products: ProductName[]): Promise<void> {
  if (products.length === 0) return
  const apt = findProgram('apt-get')
  if (process.getuid?.() !== 0 || !apt) {
    throw new Error(`${products.join(' and ')} not found. ${advice(products)}`)
  }
  const packages = products.flatMap((name) => PRODUCTS[name].debian)
  const options = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...packages]
  try {
    // Without package lists, or with old ones, the install fails: refresh them only then.
    await runApt(apt, options).catch(() => runApt(apt, ['update']).then(() => runApt(apt, options)))
  } catch (error) {
    throw new Error(`apt-get install ${packages.join(' ')} failed: ${aptReason(error)}. ${advice(products)}`)
  }
  const still = missing(products)
  if (still.length > 0) throw new Error(`${still.join(' and ')} still not found. ${advice(still)}`)
}

function runApt(apt: string, args: string[]) {
  return promisify(execFile)(apt, args, {
    maxBuffer: 32 * 1024 * 1024,
    env: {
      ...process.env,
      DEBIAN_FRONTEND: 'noninteractive',
      // systemctl then only notes what it would do: the package's own service must not start.
      SYSTEMD_OFFLINE: '1',
      LC_ALL: 'C',
    },
  })
}

function aptReason(error: unknown): string {
  const { stderr = '', message = '' } = error as { stderr?: string; message?: string }
  const line = stderr.split('\n').find((text) => text.startsWith('E: '))
  return (line?.slice(3) ?? message).split('\n', 1).join().replace(/\.$/, '')
}

function advice(names: ProductName[]): string {
  const products = names.map((name) => PRODUCTS[name])
  const debian = products.flatMap((product) => product.debian).join(' ')
  const brew = products.map((product) => product.brew).join(' ')
  const variables = products.map((product) => `${product.variable}=${product.example}`).join(' ')
  return `Debian: sudo apt-get install --no-install-recommends ${debian} | macOS: brew install ${brew} | ` +
    `Docker: docker compose -f deploy/compose.yaml up -d, and set ${variables}`
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
