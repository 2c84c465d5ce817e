import type { FieldError } from '../../../shared/errors/problem.ts'
import type { PromoKind } from './promo-code.ts'

type Terms = { kind: PromoKind; value: number; starts_at: string | null; ends_at: string | null }

/** What is wrong with the terms of a code that no field shows by itself. */
export function faultsOf({ kind, value, starts_at, ends_at }: Terms): FieldError[] {
  const faults: FieldError[] = []
  const valueIs = (message: string) => faults.push({ pointer: '/value', message })
  if (kind === 'percentage' && (value < 1 || value > 10_000)) valueIs('must be 1 to 10000 basis points')
  if (kind === 'fixed' && value < 1) valueIs('must be at least 1')
  if (kind === 'free_shipping' && value !== 0) valueIs('must be 0 for free shipping')
  if (starts_at && ends_at && Date.parse(starts_at) >= Date.parse(ends_at)) {
    faults.push({ pointer: '/ends_at', message: 'must be after starts_at' })
  }
  return faults
}
