import { identity } from '../../shared/host/identity.ts'
import { providePort } from '../../shared/service/port.ts'
import { defineService } from '../../shared/service/service.ts'
import { account } from './endpoints/account.ts'
import { auth } from './endpoints/auth.ts'
import { invitations } from './endpoints/invitations.ts'
import { keys } from './endpoints/keys.ts'
import { permissions } from './endpoints/permissions.ts'
import { roles } from './endpoints/roles.ts'
import { userGrants } from './endpoints/user-grants.ts'
import { users } from './endpoints/users.ts'
import * as events from './events.ts'
import { inviteOwner } from './operations/invitations/invite-owner.ts'
import { identify } from './operations/sessions/identify.ts'
import { purge } from './operations/shop/purge.ts'
import { seedShop } from './operations/shop/seed.ts'
import { listSigningKeys } from './operations/signing-keys/list.ts'
import { createOwner } from './operations/users/create-owner.ts'
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
  endpoints: [auth, account, invitations, keys, users, userGrants, roles, permissions],
  provides: [
    providePort<Ctx, typeof identity>(identity, { keys: listSigningKeys, session: identify }),
    providePort<Ctx, typeof accounts>(accounts, { createOwner, inviteOwner }),
  ],
  jobs: [{ name: 'purge', run: purge }],
  seed: seedShop,
})
