import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

/** Development secrets of one stack directory. Never printed; production sets its own. */
export interface Secrets {
  /** 32 random bytes, base64url: keys and database passwords are derived from it. */
  PLATFORM_SECRET: string
  /** Bearer token of the operator's API. */
  OPERATOR_TOKEN: string
  /** Signing secret in the form of Standard Webhooks: `whsec_` and base64. */
  WEBHOOK_SECRET: string
  /** Passwords of the private servers. */
  MARIADB_ROOT_PASSWORD: string
  NATS_PASSWORD: string
}

/** What services need; taken from the environment when it is there. The rest belongs to the directory. */
const FROM_ENVIRONMENT = ['PLATFORM_SECRET', 'OPERATOR_TOKEN', 'WEBHOOK_SECRET'] as const

/**
 * Reads `<dir>/secrets.json`, making what is missing (mode 0600, the directory 0700). PLATFORM_SECRET,
 * OPERATOR_TOKEN and WEBHOOK_SECRET of the environment win and are not stored. Call it under the lock
 * of the directory. Throws when the file is not JSON: making new secrets would orphan the data.
 */
export function loadSecrets(dir: string): Secrets {
  const path = join(dir, 'secrets.json')
  const stored = read(path)
  const secrets: Secrets = { ...generate(), ...stored }
  if (Object.keys(secrets).length > Object.keys(stored).length) {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, JSON.stringify(secrets, null, 2) + '\n', { mode: 0o600 })
    renameSync(draft, path)
  }
  for (const name of FROM_ENVIRONMENT) secrets[name] = process.env[name] || secrets[name]
  return secrets
}

function read(path: string): Partial<Secrets> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${path} is not JSON: repair it, or remove its directory to start afresh`)
  }
}

function generate(): Secrets {
  const key = () => randomBytes(32).toString('base64url')
  return {
    PLATFORM_SECRET: key(),
    OPERATOR_TOKEN: key(),
    WEBHOOK_SECRET: 'whsec_' + randomBytes(32).toString('base64'),
    MARIADB_ROOT_PASSWORD: key(),
    NATS_PASSWORD: key(),
  }
}
