import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '#kit'
import type { ProfileSchema } from '#gen/tms/auth/v1/account_pb.ts'
import { UserRegisteredSchema } from '#gen/tms/auth/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import type { Contact } from '../domain/contact.ts'
import { refuse } from '../errors.ts'
import { lockContact } from '../store/codes.ts'
import { insertRoleGrant } from '../store/grants.ts'
import type { UserRow } from '../store/schema.ts'
import { findUserByContact, insertUser, isContactTaken, lockUser, updateUser } from '../store/users.ts'

/** What somebody said about themselves when signing up. */
export type NewAccount = {
  readonly contact: Contact
  readonly displayName: string
  readonly language: string
  readonly passwordHash: string | null
}

/** Whether a code that was sent to the contact came back to this account. */
export function isVerified(user: UserRow, { kind }: Contact): boolean {
  return (kind === 'PHONE' ? user.phoneVerifyTime : user.emailVerifyTime) !== null
}

/** An account that nobody has proved to be theirs; everybody can ride. */
export async function addUser(
  ctx: Ctx,
  tx: Tx,
  init: Pick<UserRow, 'kind' | 'language'> & Partial<Pick<UserRow, 'phone' | 'email'>>,
): Promise<UserRow> {
  const now = ctx.clock.now()
  const row: UserRow = {
    userId: ctx.newId(),
    displayName: '',
    phone: null,
    phoneVerifyTime: null,
    email: null,
    emailVerifyTime: null,
    passwordHash: null,
    createTime: now,
    updateTime: now,
    ...init,
  }
  await insertUser(tx, row)
  await insertRoleGrant(tx, { userId: row.userId, role: 'passenger', tenantId: undefined }, now)
  return row
}

/** The account that holds a contact, or a new one that waits for its owner to prove it. */
export async function waitingAccount(ctx: Ctx, tx: Tx, contact: Contact, language: string): Promise<UserRow> {
  // Two calls for one contact at once: the second finds what the first made.
  await lockContact(tx, contact.value)
  const known = await findUserByContact(tx, contact)
  const held = contact.kind === 'PHONE' ? { phone: contact.value } : { email: contact.value }
  return known ?? addUser(ctx, tx, { kind: 'PERSON', language, ...held })
}

/**
 * Makes the account of somebody who has proved to hold a contact: out of the one that waited for them under that
 * contact, or out of the guest that they were, or anew.
 *
 * @throws {ConnectError} ALREADY_EXISTS / CONTACT_TAKEN
 */
export async function registerAccount(
  ctx: Ctx,
  tx: Tx,
  account: NewAccount,
  guestId: string | undefined,
): Promise<UserRow> {
  const { contact, displayName, language, passwordHash } = account
  const waiting = await findUserByContact(tx, contact)
  if (waiting && isVerified(waiting, contact)) throw contactTaken()
  const guest = guestId === undefined ? undefined : await lockUser(tx, guestId)
  const base = waiting ?? (guest?.kind === 'GUEST' ? guest : await addUser(ctx, tx, { kind: 'PERSON', language }))
  return verifyContact(ctx, tx, base, contact, { displayName, language, passwordHash })
}

/**
 * Notes that a contact was proved to be an account's, and tells of the account when it is its first.
 *
 * @throws {ConnectError} ALREADY_EXISTS / CONTACT_TAKEN when another account was faster
 */
export async function verifyContact(
  ctx: Ctx,
  tx: Tx,
  user: UserRow,
  contact: Contact,
  change: Partial<Pick<UserRow, 'displayName' | 'language' | 'passwordHash'>> = {},
): Promise<UserRow> {
  const now = ctx.clock.now()
  const verified =
    contact.kind === 'PHONE'
      ? { phone: contact.value, phoneVerifyTime: now }
      : { email: contact.value, emailVerifyTime: now }
  const row = await updateUser(tx, user.userId, { ...change, ...verified, kind: 'PERSON', updateTime: now }).catch(
    (err: unknown) => {
      throw isContactTaken(err) ? contactTaken() : err
    },
  )
  if (!row) throw refuse('USER_UNKNOWN', 'no such account')
  if (!user.phoneVerifyTime && !user.emailVerifyTime) await announce(tx, row)
  return row
}

/** An account as its owner sees it. */
export function profileOf(user: UserRow): MessageInitShape<typeof ProfileSchema> {
  return {
    userId: user.userId,
    displayName: user.displayName,
    phone: user.phone ?? '',
    phoneVerified: user.phoneVerifyTime !== null,
    email: user.email ?? '',
    emailVerified: user.emailVerifyTime !== null,
    language: user.language,
    guest: user.kind === 'GUEST',
    hasPassword: user.passwordHash !== null,
    createTime: timestampFromDate(user.createTime),
  }
}

async function announce(tx: Tx, user: UserRow): Promise<void> {
  await tx.publish(UserRegisteredSchema, user.userId, {
    userId: user.userId,
    phone: user.phoneVerifyTime && user.phone ? user.phone : '',
    email: user.emailVerifyTime && user.email ? user.email : '',
    language: user.language,
  })
}

function contactTaken() {
  return refuse('CONTACT_TAKEN', 'this phone number or e-mail address has an account; sign in instead')
}
