import { z } from '@hono/zod-openapi'
import { Email, Id, Instant, LanguageTag, Line } from '../../../shared/http/schemas.ts'
import { GivenPassword, NewPassword } from './password.ts'

export const FirstName = Line(255).openapi({ example: 'Alice' })
export const LastName = Line(255).openapi({ example: 'Martin' })
export const Locale = LanguageTag(35)

/** What everybody may see of their own account, and staff of any. */
export const accountFields = {
  id: Id('user'),
  email: z.string().openapi({ example: 'alice@example.com' }),
  first_name: z.string().openapi({ example: 'Alice' }),
  last_name: z.string().openapi({ example: 'Martin' }),
  locale: z.string().nullable().openapi({
    description: 'BCP 47; null: the language of the shop',
    example: 'fr-FR',
  }),
  email_verified_at: Instant.nullable(),
  roles: z.array(z.string()).openapi({ example: ['customer'] }),
  created_at: Instant,
}
const granted = z.array(z.string()).openapi({
  description: 'By roles and directly. `products.*` grants every action on products, `*` everything',
  example: ['orders.create', 'orders.view', 'products.view'],
})

export const Account = z.object({ ...accountFields, permissions: granted }).openapi('Account')
export type Account = z.infer<typeof Account>

export const Registration = z.strictObject({
  email: Email,
  password: NewPassword,
  first_name: FirstName,
  last_name: LastName,
  locale: Locale.nullable().default(null),
}).openapi('Registration')
export type Registration = z.infer<typeof Registration>

export const AccountChanges = z.strictObject({
  first_name: FirstName,
  last_name: LastName,
  locale: Locale.nullable(),
})
  .partial().openapi('AccountChanges')
export type AccountChanges = z.infer<typeof AccountChanges>

export const PasswordChange = z.strictObject({ current_password: GivenPassword, new_password: NewPassword })
  .openapi('PasswordChange')
export type PasswordChange = z.infer<typeof PasswordChange>
