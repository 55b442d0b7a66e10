import type { Ctx } from './context.ts'
import type { Contact } from './domain/contact.ts'
import { emailContact, phoneContact } from './domain/contact.ts'
import { verifyContact, waitingAccount } from './steps/accounts.ts'
import { toolsOf } from './steps/tools.ts'
import { insertRoleGrant } from './store/grants.ts'
import { updateUser } from './store/users.ts'

/** An account that a demonstration begins with. */
export type SeedAccount = {
  /** One of the two, at least; the phone number comes first. */
  readonly phone?: string
  readonly email?: string
  readonly password: string
  readonly name: string
  readonly language?: 'en' | 'rw' | 'fr' | 'sw'
  /** Platform roles beside `passenger`. */
  readonly roles?: readonly string[]
  readonly tenantRoles?: readonly { readonly tenantId: string; readonly role: string }[]
}

/** Which account is whose, by the phone number or address that it was seeded under. */
export type SeededAccount = { readonly contact: string; readonly userId: string }

/**
 * Makes demonstration accounts, verified and ready to sign in; those that are there already keep their password.
 *
 * @throws {RangeError} for a phone number or an address that is none
 */
export async function seedAccounts(ctx: Ctx, accounts: readonly SeedAccount[]): Promise<SeededAccount[]> {
  const seeded: SeededAccount[] = []
  for (const account of accounts) seeded.push(await seedAccount(ctx, account))
  return seeded
}

async function seedAccount(ctx: Ctx, account: SeedAccount): Promise<SeededAccount> {
  const contacts = contactsOf(account)
  const [first] = contacts
  if (!first) throw new RangeError(`${account.name} has neither phone number nor e-mail address`)
  const passwordHash = await toolsOf(ctx).passwords.hash(account.password)
  const userId = await ctx.db.transaction(async (tx) => {
    let user = await waitingAccount(ctx, tx, first, account.language ?? 'en')
    if (user.passwordHash === null) {
      for (const contact of contacts) user = await verifyContact(ctx, tx, user, contact)
      await updateUser(tx, user.userId, { displayName: account.name, passwordHash })
    }
    for (const grant of grantsOf(account)) await insertRoleGrant(tx, { userId: user.userId, ...grant }, ctx.clock.now())
    return user.userId
  }, 'system') // no user asks for it
  return { contact: first.value, userId }
}

function contactsOf({ phone, email }: SeedAccount): Contact[] {
  return [...(phone ? [phoneContact(phone)] : []), ...(email ? [emailContact(email)] : [])]
}

function grantsOf({ roles = [], tenantRoles = [] }: SeedAccount) {
  return [...roles.map((role) => ({ role, tenantId: undefined })), ...tenantRoles]
}
