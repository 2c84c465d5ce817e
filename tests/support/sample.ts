import { newId } from '../../shared/kernel/id.ts'
import { contracts, type Operation } from './contract.ts'

// deno-lint-ignore no-explicit-any
type Json = any

/**
 * A value that a schema of the contracts accepts: examples where there are some, else the smallest that fits. `ids` are
 * taken by prefix, fresh ones where there are none. `isWhole`: with what may be left out, and something in every list.
 */
export function sample(
  schema: Json,
  document: string,
  ids: Map<string, string> = new Map(),
  isWhole = false,
): Json {
  const part = (each: Json) => sample(each, document, ids, isWhole)
  if (schema.$ref) return part(resolve(schema.$ref, document))
  if (schema.example !== undefined && !isIdPattern(schema.pattern)) return schema.example
  if (schema.examples?.length > 0) return schema.examples[0]
  if (schema.default !== undefined) return schema.default
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map(part))
  if (schema.anyOf ?? schema.oneOf) return part((schema.anyOf ?? schema.oneOf)[0])
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'object':
      return Object.fromEntries(
        (isWhole ? Object.keys(schema.properties ?? {}) : schema.required ?? []).map((
          name: string,
        ) => [name, part(schema.properties?.[name] ?? {})]),
      )
    case 'array':
      return Array.from({ length: schema.minItems ?? (isWhole ? 1 : 0) }, () => part(schema.items ?? {}))
    case 'integer':
    case 'number':
      return Math.max(
        schema.minimum ?? 1,
        schema.exclusiveMinimum !== undefined ? schema.exclusiveMinimum + 1 : -Infinity,
      )
    case 'boolean':
      return true
    case 'string':
      return sampleString(schema, ids)
    default:
      return null
  }
}

/** The path of an operation with its variables filled in: `ids` by TypeID prefix, else fresh ids that nothing has. */
export function pathOf(operation: Operation, ids: Map<string, string> = new Map()): string {
  const parameters = (operation.spec.parameters ?? []) as Json[]
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const schema = parameters.find((each) => each.name === name && each.in === 'path')?.schema ?? {}
    const prefix = prefixOf(schema)
    return prefix ? ids.get(prefix) ?? newId(prefix) : schema.example ?? 'nothing-has-this-name'
  })
}

/** Prefixes of the ids in an operation's path. */
export const prefixesOf = (operation: Operation): string[] =>
  ((operation.spec.parameters ?? []) as Json[]).filter((each) => each.in === 'path').flatMap((each) =>
    prefixOf(each.schema) ?? []
  )

/** The body an operation takes, if it takes JSON. */
export function bodyOf(operation: Operation): Json {
  const content = operation.spec.requestBody?.content
  if (!content) return undefined
  const schema = content['application/json']?.schema
  return schema ? sample(schema, operation.document) : 'Handle,Title\n'
}

function sampleString(schema: Json, ids: Map<string, string>): string {
  const prefix = prefixOf(schema)
  if (prefix) return ids.get(prefix) ?? newId(prefix)
  if (schema.format === 'date-time') return new Date().toISOString()
  if (schema.format === 'email' || schema.pattern?.includes('@')) return 'sample@example.com'
  if (schema.format === 'uri') return 'https://example.com/'
  return 'sample'.padEnd(schema.minLength ?? 1, 'x').slice(0, schema.maxLength ?? 100)
}

const isIdPattern = (pattern?: string) => /^\^[a-z]+_\[0-7\]/.test(pattern ?? '')
const prefixOf = (schema: Json): string | undefined =>
  isIdPattern(schema.pattern) ? /^\^([a-z]+)_/.exec(schema.pattern)![1] : undefined

function resolve(ref: string, document: string): Json {
  return ref.slice(2).split('/').reduce(
    (at: Json, part) => at[part.replaceAll('~1', '/').replaceAll('~0', '~')],
    contracts[document as 'shop'],
  )
}
