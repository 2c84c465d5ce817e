import { expect, test } from 'vitest'
import { lowered } from './budget.ts'

const budget = (statements: number, commits: number) => ({
  statements,
  commits,
  statements_after: 0,
  commits_after: 0,
})

test('what was counted lowers a budget, figure by figure, and never raises it', () => {
  expect(lowered({ placeOrder: budget(12, 3) }, { placeOrder: budget(9, 4) })).toEqual({
    placeOrder: budget(9, 3),
  })
})

test('an operation that is new gets what it takes, one that is gone loses its budget', () => {
  expect(lowered({ old: budget(1, 0) }, { fresh: budget(2, 1) })).toEqual({ fresh: budget(2, 1) })
})
