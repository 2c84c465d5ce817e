import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import mysql from 'mysql2/promise'
import { findProgram, install, missing } from './binaries.ts'
import { GiveUp } from './processes.ts'
import { loadSecrets } from './secrets.ts'
import { externalServer, runServer, type Server } from './server.ts'

/** sun_path holds 108 bytes with its end on Linux, 104 on macOS. */
const MAX_SOCKET_PATH = 103
/** InnoDB writes its dirty pages before it ends: cutting that short costs a recovery, not data. */
const GRACE_MS = 30_000

export interface ServerOptions {
  /** Everything lives here: data, logs, socket, secrets. */
  dir: string
  /** Default: the port of the previous run if it is free, else any free one. */
  port?: number
}

/**
 * Starts MariaDB on loopback with its data under `<dir>/mariadb`, user root and the generated password;
 * or checks and returns DATABASE_URL. Call it under the lock of the directory.
 */
export async function startMariaDb({ dir, port }: ServerOptions): Promise<Server> {
  const given = process.env.DATABASE_URL
  if (given) return externalServer('DATABASE_URL', given, () => probe(given))
  await install(missing(['MariaDB']))
  const root = resolve(dir)
  const password = loadSecrets(root).MARIADB_ROOT_PASSWORD
  const data = join(root, 'mariadb')
  const url = (port: number) => `mysql://root:${password}@127.0.0.1:${port}`
  return runServer({
    name: 'mariadb',
    dir: root,
    port,
    url,
    probe: (port) => probe(url(port)),
    async launch(port) {
      if (!existsSync(data)) await initialise(data, password)
      mkdirSync(temporaryOf(data), { recursive: true, mode: 0o700 })
      return { command: findProgram('mariadbd')!, args: flags(data, socketOf(root), port), graceMs: GRACE_MS }
    },
  })
}

const temporaryOf = (data: string) => `${data}-tmp`

function flags(data: string, socket: string, port: number): string[] {
  return [
    '--no-defaults',
    ...asRoot(),
    `--datadir=${data}`,
    `--port=${port}`,
    `--socket=${socket}`,
    // Its own: a server that starts clears what it takes for its leftovers, also those of a neighbour.
    `--tmpdir=${temporaryOf(data)}`,
    `--pid-file=${join(data, 'mariadbd.pid')}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    // Unlike utf8mb4_unicode_ci it tells emoji apart; MySQL 8 has it too.
    '--collation-server=utf8mb4_unicode_520_ci',
    '--default-time-zone=+00:00',
    '--max-connections=600',
    '--max-prepared-stmt-count=65536',
    '--innodb-buffer-pool-size=256M',
    '--innodb-flush-log-at-trx-commit=1',
    '--performance-schema=OFF',
  ]
}

/** Makes the data directory aside and moves it into place, so that an interrupted start leaves none. */
async function initialise(data: string, password: string): Promise<void> {
  const draft = `${data}.${process.pid}.new`
  const sql = `${data}.${process.pid}.sql`
  for (const left of readdirSync(dirname(data)).filter((name) => /^mariadb\.\d+\.(new|sql)$/.test(name))) {
    rmSync(join(dirname(data), left), { recursive: true, force: true })
  }
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  // base64url, so it needs no quoting. The password never appears in a command line.
  const hash =
    `json_object('plugin', 'mysql_native_password', 'authentication_string', PASSWORD('${password}'))`
  writeFileSync(
    sql,
    `UPDATE mysql.global_priv SET Priv = json_merge_patch(Priv, ${hash}) WHERE User = 'root';\n` +
      `DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host NOT IN ('localhost', '127.0.0.1'));\n`,
    { mode: 0o600 },
  )
  try {
    await promisify(execFile)(findProgram('mariadb-install-db')!, [
      '--no-defaults',
      ...asRoot(),
      `--datadir=${draft}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
      `--extra-file=${sql}`,
    ], { maxBuffer: 8 * 1024 * 1024, cwd: dirname(data) })
    renameSync(draft, data)
  } catch (error) {
    const { stderr = '', stdout = '', message } = error as {
      stderr?: string
      stdout?: string
      message: string
    }
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) =>
      /error|fatal|could not|cannot/i.test(line)
    )
    throw new Error(`mariadb-install-db failed: ${(lines[0] ?? message).trim()}`)
  } finally {
    rmSync(sql, { force: true })
  }
}

/** MariaDB refuses to run as root unless told so. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : []
}

/** Beside the data, or in a private folder of the temporary directory when that path is too long. */
function socketOf(dir: string): string {
  const near = join(dir, 'run', 'mariadb.sock')
  if (Buffer.byteLength(near) <= MAX_SOCKET_PATH) return near
  const hash = createHash('sha256').update(dir).digest('hex').slice(0, 12)
  const folder = join(tmpdir(), `verything-${hash}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid } = lstatSync(folder)
  if (uid !== process.getuid?.()) throw new Error(`${folder} belongs to another user: set TMPDIR`)
  return join(folder, 'mariadb.sock')
}

async function probe(url: string): Promise<string> {
  let connection: mysql.Connection | undefined
  try {
    connection = await mysql.createConnection({ uri: url, connectTimeout: 2_000 })
    const [rows] = await connection.query('SELECT VERSION() AS version')
    const [{ version }] = rows as [{ version: string }]
    await connection.end() // a bare destroy() fills the server's log with warnings
    return `${/mariadb/i.test(version) ? 'MariaDB' : 'MySQL'} ${version.split('-')[0]}`
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code === 'ER_ACCESS_DENIED_ERROR') {
      throw new GiveUp('the database refuses the password: secrets.json or the URL belongs to other data')
    }
    throw new Error(message || code)
  } finally {
    connection?.destroy()
  }
}
