import { z } from '@hono/zod-openapi'
import { Email, Id, Instant } from '../../../shared/http/schemas.ts'
import { Account } from './account.ts'
import { GivenPassword } from './password.ts'

const DeviceToken = z.string().max(200).openapi({
  description:
    'Keep it on this device and send it with the next sign-in: while strangers are shut out of the account ' +
    'after wrong passwords, the device keeps a way in. It proves nothing else. Good for 180 days',
  example: 'q2l1W0ZkT1yQx0a9.1767225600.Zk3v9yB1n5Qm0tXc7RjL2wHs8uPdE4aGfKoVxYiTbNM',
})

export const Credentials = z.strictObject({
  email: Email,
  password: GivenPassword,
  device_token: DeviceToken.optional(),
}).openapi('Credentials')
export type Credentials = z.infer<typeof Credentials>

export const RefreshToken = z.string().regex(/^[\w-]{43}$/, 'must be a refresh token')
  .openapi({
    description: 'Opaque, good for one use',
    example: 'Zk3v9yB1n5Qm0tXc7RjL2wHs8uPdE4aGfKoVxYiTbNM',
  })

export const Refresh = z.strictObject({ refresh_token: RefreshToken }).openapi('Refresh')
export type Refresh = z.infer<typeof Refresh>

/** The answer of OAuth 2.0 (RFC 6749 section 5.1), and whose tokens they are. */
export const Tokens = z.object({
  access_token: z.string().openapi({
    description: 'A JWT: send it as `Authorization: Bearer …`',
    example: 'eyJhbGciOiJFZERTQSJ9.…',
  }),
  token_type: z.literal('Bearer'),
  expires_in: z.int().openapi({ description: 'Seconds', example: 3600 }),
  refresh_token: RefreshToken,
  refresh_expires_at: Instant,
  session_id: Id('ses'),
  user: Account,
}).openapi('Tokens')
export type Tokens = z.infer<typeof Tokens>

export const SignedIn = z.object({ ...Tokens.shape, device_token: DeviceToken }).openapi('SignedIn')
export type SignedIn = z.infer<typeof SignedIn>

export const Session = z.object({
  id: Id('ses'),
  is_current: z.boolean().openapi({ description: 'The session of this request' }),
  ip_address: z.string().nullable().openapi({ example: '192.0.2.7' }),
  user_agent: z.string().nullable().openapi({ example: 'Mozilla/5.0' }),
  created_at: Instant,
  last_used_at: Instant.openapi({ description: 'When it last fetched tokens' }),
  expires_at: Instant,
}).openapi('Session')
export type Session = z.infer<typeof Session>
