import { isConstraint, type Queries } from '#kit'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Contact } from '../domain/contact.ts'
import { users, type UserRow } from './schema.ts'

/** The account with an id. Returns undefined when there is none. */
export async function findUser(db: Queries, userId: string): Promise<UserRow | undefined> {
  const [row] = await db.select().from(users).where(eq(users.userId, userId))
  return row
}

/** As {@link findUser}, and nobody else changes it until the transaction ends. */
export async function lockUser(db: Queries, userId: string): Promise<UserRow | undefined> {
  const [row] = await db.select().from(users).where(eq(users.userId, userId)).for('update')
  return row
}

/** The account that holds a contact, verified or not. Returns undefined when nobody does. */
export async function findUserByContact(db: Queries, contact: Contact): Promise<UserRow | undefined> {
  const [row] = await db
    .select()
    .from(users)
    .where(eq(columnOf(contact), contact.value))
  return row
}

/** The accounts among `userIds` that exist, in no particular order. */
export async function findUsers(db: Queries, userIds: readonly string[]): Promise<UserRow[]> {
  return db
    .select()
    .from(users)
    .where(inArray(users.userId, [...userIds]))
}

/** Adds an account. */
export async function insertUser(db: Queries, row: UserRow): Promise<void> {
  await db.insert(users).values(row)
}

/** Changes an account. Returns undefined when there is none. */
export async function updateUser(
  db: Queries,
  userId: string,
  change: Partial<Omit<UserRow, 'userId'>>,
): Promise<UserRow | undefined> {
  const [row] = await db.update(users).set(change).where(eq(users.userId, userId)).returning()
  return row
}

/** Takes a contact from an account in which nobody has proved to hold it. */
export async function releaseUnverified(db: Queries, contact: Contact, at: Date): Promise<void> {
  const phone = contact.kind === 'PHONE'
  await db
    .update(users)
    .set({ ...(phone ? { phone: null } : { email: null }), updateTime: at })
    .where(and(eq(columnOf(contact), contact.value), isNull(phone ? users.phoneVerifyTime : users.emailVerifyTime)))
}

/** Whether an error says that somebody else holds the phone number or e-mail address. */
export function isContactTaken(err: unknown): boolean {
  return isConstraint(err, 'users_phone_unique') || isConstraint(err, 'users_email_unique')
}

function columnOf(contact: Contact) {
  return contact.kind === 'PHONE' ? users.phone : users.email
}
