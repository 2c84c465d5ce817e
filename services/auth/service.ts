import { identity } from '../../shared/auth/identity.ts'
import { providePort } from '../../shared/service/port.ts'
import { defineService } from '../../shared/service/service.ts'
import { account } from './endpoints/account.ts'
import { auth } from './endpoints/auth.ts'
import { keys } from './endpoints/keys.ts'
import { permissions } from './endpoints/permissions.ts'
import { roles } from './endpoints/roles.ts'
import { userGrants } from './endpoints/user-grants.ts'
import { users } from './endpoints/users.ts'
import * as events from './events.ts'
import { createOwner } from './operations/create-owner.ts'
import { identify } from './operations/identify.ts'
import { purgeSessions } from './operations/purge-sessions.ts'
import { seedShop } from './operations/seed-shop.ts'
import { publishedKeys } from './operations/signing-keys.ts'
import type { Ctx } from './needs.ts'
import { accounts } from './ports.ts'
import { permissions as declared } from './permissions.ts'
import './problems.ts'
import { tables } from './schema.ts'

export default defineService<Ctx>({
  name: 'auth',
  summary: 'Accounts, sessions, roles and permissions of a shop',
  resources: ['auth', 'users', 'roles', 'permissions'],
  permissions: declared,
  tables,
  migrations: new URL('./migrations/', import.meta.url),
  events,
  endpoints: [auth, account, keys, users, userGrants, roles, permissions],
  provides: [
    providePort<Ctx, typeof identity>(identity, { keys: publishedKeys, session: identify }),
    providePort<Ctx, typeof accounts>(accounts, { createOwner }),
  ],
  jobs: [{ name: 'purge-sessions', run: purgeSessions }],
  seed: seedShop,
})
