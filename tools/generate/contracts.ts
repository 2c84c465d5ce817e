import { z } from '@hono/zod-openapi'
import { allProblems } from '../../shared/errors/codes.ts'
import { createApp } from '../../shared/host/app.ts'
import type { Service } from '../../shared/service/service.ts'

// deno-lint-ignore no-explicit-any
type Json = any

const SECURITY = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of this shop, from `POST /v1/auth/login`',
  },
  operatorToken: { type: 'http', scheme: 'bearer', description: 'The token of the platform’s operators' },
  webhookSecret: { type: 'http', scheme: 'bearer', description: 'The secret shared with the billing system' },
}

/** The text of every file under openapi/, by its name. */
export async function contracts(registry: Service[]): Promise<Map<string, string>> {
  const documents = registry.map((service) => ({ service, document: documentOf(service) }))
  const shop = documents.filter(({ service }) => service.scope === 'tenant')
  const platform = documents.filter(({ service }) => service.scope === 'platform')
  const files: [string, Json][] = [
    ...documents.map(({ service, document }): [string, Json] => [`${service.name}.json`, document]),
    ['shop.json', merge('Collect & Verything: the API of a shop', shop.map((each) => each.document))],
    [
      'platform.json',
      merge('Collect & Verything: the API of the platform', platform.map((each) => each.document)),
    ],
    ['asyncapi.json', asyncapi(registry)],
    [
      'resources.json',
      Object.fromEntries(
        registry.flatMap((service) => service.resources.map((each) => [each, service.name])),
      ),
    ],
    ['problems.json', allProblems()],
  ]
  return await Promise.resolve(
    new Map(files.map(([name, content]) => [name, JSON.stringify(content, null, 2) + '\n'])),
  )
}

function documentOf(service: Service): Json {
  const app = createApp(service)
  for (const [name, scheme] of Object.entries(SECURITY)) {
    app.openAPIRegistry.registerComponent('securitySchemes', name, scheme as Json)
  }
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: `Collect & Verything: ${service.name}`, version: '1.0.0', description: service.summary },
    servers: [{
      url: '/',
      description: service.scope === 'tenant' ? 'The shop’s own domain' : 'The platform’s host',
    }],
  })
  requireResources(service, Object.keys(document.paths ?? {}))
  return document
}

/** Edge and region route by the first segment of a path: one that no service declares would be a 404. */
function requireResources(service: Service, paths: string[]): void {
  const used = new Set(paths.map((path) => path.replace(/^(\/platform)?\/v1\/(admin\/)?/, '').split('/')[0]!))
  for (const resource of used) {
    if (service.resources.includes(resource)) continue
    throw new Error(
      `services/${service.name}/service.ts: add '${resource}' to resources, its paths begin with it`,
    )
  }
}

/** One document of many. The same component name with two shapes would lose one of them: refused. */
function merge(title: string, documents: Json[]): Json {
  const merged: Json = {
    openapi: '3.1.0',
    info: { title, version: '1.0.0' },
    servers: [{ url: '/' }],
    paths: {},
    components: { schemas: {}, securitySchemes: SECURITY },
  }
  for (const document of documents) {
    Object.assign(merged.paths, document.paths)
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      const known = merged.components.schemas[name]
      if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
        throw new Error(`two services have a schema named ${name}`)
      }
      merged.components.schemas[name] = schema
    }
  }
  return merged
}

/** AsyncAPI 3.0: a channel for each event, the operations of those who publish and consume it. */
function asyncapi(registry: Service[]): Json {
  const events = registry.flatMap((service) =>
    Object.values(service.events).map((event) => ({ service, event }))
  )
  const consumers = registry.flatMap((service) =>
    service.consumers.flatMap((each) => each.kind === 'event' ? [{ service, consumer: each }] : [])
  )
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Collect & Verything: events',
      version: '1.0.0',
      description: 'CloudEvents 1.0 over NATS JetStream',
    },
    channels: Object.fromEntries(events.map(({ event }) => [event.type, {
      address: `events.{shard}.{tenant}.${event.type}`,
      parameters: { shard: { description: 'Shard of the tenant' }, tenant: { description: 'Tenant id' } },
      messages: { event: { $ref: `#/components/messages/${event.type}` } },
    }])),
    operations: Object.fromEntries([
      ...events.map(({ service, event }) => [`${service.name}.publish.${event.type}`, {
        action: 'send',
        channel: { $ref: `#/channels/${event.type}` },
        summary: event.summary,
      }]),
      ...consumers.map(({ service, consumer }) => [`${service.name}__${consumer.name}`, {
        action: 'receive',
        channel: { $ref: `#/channels/${consumer.event.type}` },
      }]),
    ]),
    components: {
      messages: Object.fromEntries(events.map(({ event }) => [event.type, {
        name: event.type,
        title: event.summary,
        contentType: 'application/cloudevents+json',
        payload: {
          type: 'object',
          required: [
            'specversion',
            'id',
            'source',
            'type',
            'time',
            'subject',
            'tenantid',
            'websiteid',
            'correlationid',
            'dataversion',
            'data',
          ],
          properties: {
            specversion: { const: '1.0' },
            type: { const: event.type },
            dataversion: { const: event.version },
            data: z.toJSONSchema(event.data, { unrepresentable: 'any' }),
          },
        },
      }])),
    },
  }
}
