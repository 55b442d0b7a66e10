import type { Queries } from '#kit'
import { and, eq, gt, lt } from 'drizzle-orm'
import { signUp, type SignUpRow } from './schema.ts'

/** Adds a sign-up. Returns false when its id is in use. */
export async function insertSignUp(db: Queries, row: SignUpRow): Promise<boolean> {
  const rows = await db.insert(signUp).values(row).onConflictDoNothing().returning({ id: signUp.signUpId })
  return rows.length > 0
}

/** A sign-up that can still be finished. Returns undefined when there is none, or it ran out. */
export async function findSignUp(db: Queries, signUpId: string, at: Date): Promise<SignUpRow | undefined> {
  const [row] = await db
    .select()
    .from(signUp)
    .where(and(eq(signUp.signUpId, signUpId), gt(signUp.expireTime, at)))
  return row
}

/** Whether somebody is signing up with a contact. */
export async function isSigningUp(db: Queries, contact: string, at: Date): Promise<boolean> {
  const rows = await db
    .select({ id: signUp.signUpId })
    .from(signUp)
    .where(and(eq(signUp.contact, contact), gt(signUp.expireTime, at)))
    .limit(1)
  return rows.length > 0
}

/** Forgets a sign-up that was finished. Returns false when another call finished it first. */
export async function deleteSignUp(db: Queries, signUpId: string): Promise<boolean> {
  const rows = await db.delete(signUp).where(eq(signUp.signUpId, signUpId)).returning({ id: signUp.signUpId })
  return rows.length > 0
}

/** Forgets sign-ups that nobody finished. */
export async function deleteOldSignUps(db: Queries, before: Date): Promise<void> {
  await db.delete(signUp).where(lt(signUp.expireTime, before))
}
