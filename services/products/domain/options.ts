import { nameKey } from '../../../shared/kernel/slug.ts'

/** Two variants of a product may not have the same values: compared as people do, without case or ways to write it. */
export const variantKey = (values: string[]): string => JSON.stringify(values.map(nameKey))

type Option = { name: string; values: string[] }

/** The options with the values that variants have: in the order given, then in that of the variants. */
export function optionsOf(options: Option[], variants: { option_values: string[] }[]): Option[] {
  return options.map(({ name, values }, at) => {
    const used = new Set(variants.flatMap(({ option_values }) => option_values[at] ?? []))
    return { name, values: [...new Set([...values.filter((value) => used.has(value)), ...used])] }
  })
}

export type VariantFault = { at: number; message: string }

/** What keeps these variants from being those of a product with `options` options. */
export function variantFaults(options: number, variants: { option_values: string[] }[]): VariantFault[] {
  const first = new Map<string, number>()
  return variants.flatMap(({ option_values }, at) => {
    if (option_values.length !== options) {
      return [{ at, message: `needs ${options} option values, one for each option` }]
    }
    const key = variantKey(option_values)
    const same = first.get(key)
    if (same !== undefined) return [{ at, message: `has the same option values as variant ${same}` }]
    first.set(key, at)
    return []
  })
}
