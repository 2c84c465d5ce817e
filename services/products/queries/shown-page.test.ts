import { expect, test } from 'vitest'
import type { Log } from '../../../shared/telemetry/log.ts'
import { shownPage } from './shown-page.ts'

test('a row that can’t be shown is told and left out; the others and the position stay', () => {
  const told: unknown[] = []
  const log = { error: (_: string, facts: unknown) => told.push(facts) } as unknown as Log
  const rows = [1, 2, 3].map((id) => ({ id }))
  const show = ({ id }: { id: number }) => {
    if (id === 2) throw new RangeError('beyond what a number holds')
    return id
  }
  const page = shownPage(log, rows, 2, ({ id }) => `after ${id}`, show)
  expect(page).toEqual({ data: [1], has_more: true, next_cursor: 'after 2' })
  expect(told).toMatchObject([{ row: 2 }])
})
