import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, expect, test } from 'vitest'
import { leaveDevVars } from './dev-vars.ts'

const dir = mkdtempSync(join(tmpdir(), 'dev-vars-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
let files = 0
const newFile = (text?: string) => {
  const file = join(dir, String(files++))
  if (text !== undefined) writeFileSync(file, text)
  return file
}
const ENV = { EDGE_SECRET: 's', REGIONS: '{"eu-west":"http://127.0.0.1:8080"}' }

test('variables are left for their owner alone, in place of what an ended platform left', () => {
  const file = newFile()
  expect(leaveDevVars(file, ENV)).toBeUndefined()
  expect(leaveDevVars(file, { EDGE_SECRET: 'new' })).toBeUndefined()
  const ended = newFile('# Written by `npm start`, pid 999999999\nEDGE_SECRET=old\n')
  expect(leaveDevVars(ended, { EDGE_SECRET: 'new' })).toBeUndefined()
  for (const each of [file, ended]) {
    expect(readFileSync(each, 'utf8')).toMatch(/^# Written by `npm start`, pid \d+.*\nEDGE_SECRET='new'\n$/)
  }
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a file of a person, or of another platform that runs, stays', () => {
  for (
    const [text, why] of [
      ['EDGE_SECRET=mine\n', /your own/],
      [
        `# Written by \`npm start\`, pid ${process.ppid}\nEDGE_SECRET=theirs\n`,
        /belongs to the platform of pid/,
      ],
    ] as const
  ) {
    const file = newFile(text)
    expect(leaveDevVars(file, ENV)).toMatch(why)
    expect(readFileSync(file, 'utf8')).toBe(text)
  }
})
