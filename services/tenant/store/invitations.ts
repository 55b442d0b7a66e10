import { isConstraint, type Queries } from '#kit'
import { and, desc, eq, gt, isNull, lt, or } from 'drizzle-orm'
import { invitation, type InvitationRow } from './schema.ts'

/** Adds an invitation. */
export async function insertInvitation(db: Queries, row: InvitationRow): Promise<void> {
  await db.insert(invitation).values(row)
}

/** Whether an error says that another invitation has the id. */
export function isInvitationIdTaken(err: unknown): boolean {
  return isConstraint(err, 'invitation_pkey')
}

/** An invitation by its id. Returns undefined when there is none that may be seen. */
export async function findInvitation(db: Queries, invitationId: string): Promise<InvitationRow | undefined> {
  const [row] = await db.select().from(invitation).where(eq(invitation.invitationId, invitationId))
  return row
}

/** An invitation by the hash of its token. Returns undefined when there is none. */
export async function findByToken(db: Queries, tokenHash: Uint8Array): Promise<InvitationRow | undefined> {
  const [row] = await db.select().from(invitation).where(eq(invitation.tokenHash, tokenHash))
  return row
}

/** As {@link findInvitation}, and nobody else accepts or revokes it until the transaction ends. */
export async function lockInvitation(db: Queries, invitationId: string): Promise<InvitationRow | undefined> {
  const [row] = await db.select().from(invitation).where(eq(invitation.invitationId, invitationId)).for('update')
  return row
}

/** Invitations of a company, newest first. @param page.after the id that the last page ended with */
export async function listInvitations(
  db: Queries,
  tenantId: string,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<InvitationRow[]> {
  return db
    .select()
    .from(invitation)
    .where(and(eq(invitation.tenantId, tenantId), page.after ? lt(invitation.invitationId, page.after) : undefined))
    .orderBy(desc(invitation.invitationId))
    .limit(page.limit)
}

/** Invitations to a phone number or an address that can be accepted, newest first. */
export async function listWaiting(
  db: Queries,
  contact: { readonly phone: string | undefined; readonly email: string | undefined },
  at: Date,
  limit: number,
): Promise<InvitationRow[]> {
  const { phone, email } = contact
  if (phone === undefined && email === undefined) return []
  return db
    .select()
    .from(invitation)
    .where(
      and(
        or(
          phone === undefined ? undefined : eq(invitation.phone, phone),
          email === undefined ? undefined : eq(invitation.email, email),
        ),
        isNull(invitation.acceptTime),
        isNull(invitation.revokeTime),
        gt(invitation.expireTime, at),
      ),
    )
    .orderBy(desc(invitation.invitationId))
    .limit(limit)
}

/** Notes who accepted an invitation. */
export async function markAccepted(db: Queries, invitationId: string, userId: string, at: Date): Promise<void> {
  await db
    .update(invitation)
    .set({ acceptTime: at, acceptUserId: userId })
    .where(eq(invitation.invitationId, invitationId))
}

/** Notes that an invitation was taken back. */
export async function markRevoked(db: Queries, invitationId: string, at: Date): Promise<void> {
  await db.update(invitation).set({ revokeTime: at }).where(eq(invitation.invitationId, invitationId))
}
