import { defineProblems } from '../../shared/errors/codes.ts'

export const problems = defineProblems({
  payment_refused: [402, 'The payment was refused'],
})

declare module '../../shared/errors/codes.ts' {
  interface ServiceProblems {
    orders: keyof typeof problems
  }
}
