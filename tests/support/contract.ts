import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { readFileSync } from 'node:fs'
import type { Answer } from '../../tools/client/http.ts'

// deno-lint-ignore no-explicit-any
type Json = any

export type Operation = { method: string; path: string; operationId: string; spec: Json; document: string }

const documents = ['shop', 'platform'] as const
const read = (name: string): Json =>
  JSON.parse(readFileSync(new URL(`../../openapi/${name}.json`, import.meta.url), 'utf8'))
export const contracts: Record<(typeof documents)[number], Json> = {
  shop: read('shop'),
  platform: read('platform'),
}

/** Every operation of every contract. */
export const operations: Operation[] = documents.flatMap((document) =>
  Object.entries(contracts[document].paths as Json).flatMap(([path, item]) =>
    Object.entries(item as Json).map(([method, spec]) => ({
      method: method.toUpperCase(),
      path,
      spec,
      document,
      operationId: (spec as Json).operationId,
    }))
  )
)

const patterns = operations.map((operation) => ({
  operation,
  pattern: new RegExp(`^${operation.path.replace(/\{[^}]+\}/g, '([^/]+)')}$`),
  variables: (operation.path.match(/\{/g) ?? []).length,
})).sort((a, b) => a.variables - b.variables)

/** The operation behind a request; undefined when no contract knows it. */
export function operationOf(method: string, path: string): Operation | undefined {
  const bare = path.split('?')[0]!
  return patterns.find(({ operation, pattern }) => operation.method === method && pattern.test(bare))
    ?.operation
}

/** Throws when an answer is not what its contract promises: the status, the type, every field, no field more. */
export function checkAnswer(method: string, path: string, answer: Answer): void {
  const operation = operationOf(method, path)
  if (!operation) {
    if (answer.status === 404 || answer.status === 405) return
    throw new Error(`${method} ${path} is in no contract`)
  }
  const response = operation.spec.responses[String(answer.status)]
  const where = `${operation.operationId} (${method} ${path}) answered ${answer.status}`
  if (!response) {
    throw new Error(`${where}, which its contract does not name: ${answer.text.slice(0, 500)}`)
  }
  if (!response?.content) {
    if (answer.text) throw new Error(`${where} with a body, its contract has none`)
    return
  }
  const type = (answer.headers['content-type'] ?? '').split(';')[0]!
  const schema = response.content[type]?.schema
  if (!schema) {
    throw new Error(`${where} as ${type || 'no type'}, its contract says ${Object.keys(response.content)}`)
  }
  if (type.startsWith('text/')) return
  const validate = validatorOf(operation, String(answer.status), type)
  if (!validate(answer.body)) {
    throw new Error(
      `${where} against its contract: ${JSON.stringify(validate.errors?.slice(0, 5))}\n${
        answer.text.slice(0, 800)
      }`,
    )
  }
}

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
for (const name of documents) ajv.addSchema(closed(structuredClone(contracts[name])), name)

const validators = new Map<string, ValidateFunction>()
function validatorOf(operation: Operation, status: string, type: string): ValidateFunction {
  const pointer = [
    'paths',
    operation.path,
    operation.method.toLowerCase(),
    'responses',
    status,
    'content',
    type,
    'schema',
  ]
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
  const ref = `${operation.document}#/${pointer}`
  const known = validators.get(ref)
  if (known) return known
  const made = ajv.compile({ $ref: ref })
  validators.set(ref, made)
  return made
}

/**
 * zod-openapi's objects allow fields that they don't name. An answer must not have any: every place where an object
 * is used is closed, but for members of an `allOf`, which are closed together.
 */
function closed(document: Json): Json {
  const close = (schema: Json, isPart = false): void => {
    if (schema === null || typeof schema !== 'object') return
    if (Array.isArray(schema)) return schema.forEach((each) => close(each))
    const isObject = schema.$ref !== undefined || schema.allOf !== undefined ||
      schema.properties !== undefined
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'properties' || key === 'patternProperties') {
        Object.values(value as Json).forEach((each) => close(each))
      } else if (key === 'allOf') (value as Json[]).forEach((each) => close(each, true))
      else if (['items', 'anyOf', 'oneOf', 'additionalProperties', 'prefixItems'].includes(key)) close(value)
    }
    if (isObject && !isPart && schema.additionalProperties === undefined) schema.unevaluatedProperties = false
  }
  for (const schema of Object.values(document.components?.schemas ?? {})) close(schema, true)
  for (const item of Object.values(document.paths as Json)) {
    for (const operation of Object.values(item as Json)) {
      for (const response of Object.values((operation as Json).responses)) {
        for (const content of Object.values((response as Json).content ?? {})) close((content as Json).schema)
      }
    }
  }
  return document
}
