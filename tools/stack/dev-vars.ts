import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { variablesText } from './edge.ts'
import { identify } from './identity.ts'

const MARK = /^# Written by `npm start`, pid (\d+)/

/**
 * Leaves what `npx wrangler dev` needs to work beside a running platform: addresses and secrets, for its owner's eyes
 * only. Answers why not when the file is a person's own, or of another platform that still runs.
 */
export function leaveDevVars(file: string, env: Record<string, string>): string | undefined {
  const text = read(file)
  const writer = MARK.exec(text)?.[1]
  if (text !== '' && !writer) return `${file} is your own, and is left as it is`
  if (writer && Number(writer) !== process.pid && identify(Number(writer))) {
    return `${file} belongs to the platform of pid ${writer}, and is left as it is`
  }
  const mark =
    `# Written by \`npm start\`, pid ${process.pid}, for \`npx wrangler dev\`. A line of your own in place of this keeps it.\n`
  writeFileSync(file, mark + variablesText(env), { mode: 0o600 })
  return undefined
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
