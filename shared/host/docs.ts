import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Problem } from '../errors/problem.ts'

/** Nothing inline but the styles that Swagger UI sets on its elements. */
const PAGE_POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `font-src 'self' data:`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API reference</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

/** No validator: it would send the contract to a server of Swagger's. */
const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  docExpansion: 'none',
  filter: true,
})
`

type File = { type: string; read: () => Promise<Uint8Array> }
type Loaded = { type: string; bytes: Uint8Array; etag: string }

const text = (content: string) => () => Promise.resolve(new TextEncoder().encode(content))
const fromPackage = (name: string) => () =>
  readFile(createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`))
const contract = (name: string) => () => readFile(new URL(`../../openapi/${name}.json`, import.meta.url))

const files: Record<string, File> = {
  '/docs': { type: 'text/html; charset=utf-8', read: text(PAGE) },
  '/docs/start.js': { type: 'text/javascript; charset=utf-8', read: text(START) },
  '/docs/swagger-ui.css': { type: 'text/css; charset=utf-8', read: fromPackage('swagger-ui.css') },
  '/docs/swagger-ui-bundle.js': {
    type: 'text/javascript; charset=utf-8',
    read: fromPackage('swagger-ui-bundle.js'),
  },
  '/docs/favicon-32x32.png': { type: 'image/png', read: fromPackage('favicon-32x32.png') },
  '/openapi.json': { type: 'application/json', read: contract('shop') },
  '/openapi.json?document=platform': { type: 'application/json', read: contract('platform') },
}

const loaded = new Map<string, Promise<Loaded>>()

/**
 * The API reference and the contracts behind it, `/openapi.json` for shops and `?document=platform`. Read once and
 * kept. Throws `not_found`, `method_not_allowed`.
 */
export async function docs(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  const isPlatform = pathname === '/openapi.json' && searchParams.get('document') === 'platform'
  const path = isPlatform ? `${pathname}?document=platform` : pathname
  if (!Object.hasOwn(files, path)) throw new Problem('not_found')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new Problem('method_not_allowed', undefined, {}, { allow: 'GET, HEAD' })
  }
  const { type, bytes, etag } = await load(path)
  const headers = {
    etag,
    'content-type': type,
    'content-security-policy': PAGE_POLICY,
    'cache-control': 'public, max-age=300',
  }
  if (request.headers.get('if-none-match')?.replace(/^W\//, '') === etag) {
    return new Response(null, { status: 304, headers })
  }
  return new Response(request.method === 'HEAD' ? null : bytes as Uint8Array<ArrayBuffer>, { headers })
}

function load(path: string): Promise<Loaded> {
  const known = loaded.get(path)
  if (known) return known
  const { type, read } = files[path]!
  const loading = read().then((bytes) => {
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    return { type, bytes, etag }
  })
  loading.catch(() => loaded.delete(path))
  loaded.set(path, loading)
  return loading
}
