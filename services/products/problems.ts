import { defineProblems } from '../../shared/errors/codes.ts'

export const problems = defineProblems({
  out_of_stock: [409, 'Not enough stock is left'],
  not_purchasable: [422, 'This cannot be bought'],
})

declare module '../../shared/errors/codes.ts' {
  interface ServiceProblems {
    products: keyof typeof problems
  }
}
