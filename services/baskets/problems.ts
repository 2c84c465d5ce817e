import { defineProblems } from '../../shared/errors/codes.ts'

export const problems = defineProblems({
  basket_already_ordered: [409, 'This basket is being ordered or was ordered already'],
  basket_changed: [409, 'The basket has changed: show it again before ordering'],
  basket_empty: [422, 'The basket is empty'],
  promo_code_refused: [422, 'The promotion code cannot be used'],
})

declare module '../../shared/errors/codes.ts' {
  interface ServiceProblems {
    baskets: keyof typeof problems
  }
}
