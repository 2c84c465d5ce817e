import { expect, test } from 'vitest'
import { Problem } from '../errors/problem.ts'
import { found, onDuplicate, requireRow, requireUnused } from './rows.ts'

const refused = (code: string) => expect.objectContaining({ code }) as Problem
const affected = (rows: number) => Promise.resolve([{ affectedRows: rows }])

test('a row that is there is returned, one that isn’t there is not found', () => {
  expect(found([7])).toBe(7)
  expect(() => found([])).toThrow(refused('not_found'))
})

test('a write that met no row found none', async () => {
  await requireRow(affected(1))
  await expect(requireRow(affected(0))).rejects.toThrow(refused('not_found'))
})

test('what others refer to stays', async () => {
  await requireUnused(Promise.resolve([]), 'Products have it')
  await expect(requireUnused(Promise.resolve([{ id: 1 }]), 'Products have it')).rejects.toThrow(
    refused('in_use'),
  )
})

test('a unique index says what is taken; any other fault stays what it was', () => {
  const duplicate = (index: string) =>
    Object.assign(new Error(`Duplicate entry 'x' for key '${index}'`), {
      errno: 1062,
      sqlMessage: `key '${index}'`,
    })
  const refuse = onDuplicate({ notes_name: 'A note has this name already' })
  expect(() => refuse(duplicate('notes_name'))).toThrow(refused('already_exists'))
  const other = duplicate('notes_slug')
  expect(() => refuse(other)).toThrow(other)
})
