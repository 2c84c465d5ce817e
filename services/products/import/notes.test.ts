import { expect, test } from 'vitest'
import { Notes } from './notes.ts'

const note = (line: number, severity: 'error' | 'warning', message = 'm') => ({
  line,
  handle: 'h'.repeat(400),
  severity,
  code: 'c',
  message,
})

test('errors come before warnings when not all can be kept; all are counted', () => {
  const notes = new Notes(3)
  for (const line of [1, 2, 3, 4]) notes.add(note(line, 'warning'))
  for (const line of [9, 5]) notes.add(note(line, 'error'))
  expect(notes.kept.map(({ line, severity }) => `${line} ${severity}`)).toEqual([
    '1 warning',
    '5 error',
    '9 error',
  ])
  expect(notes.count).toBe(6)
})

test('what is said of a megabyte is short', () => {
  const notes = new Notes(1)
  notes.add(note(1, 'error', 'x'.repeat(1_000_000)))
  expect([notes.kept[0]!.message.length, notes.kept[0]!.handle!.length]).toEqual([300, 255])
})
