import type { Queries } from '#kit'
import { and, desc, eq, gt, isNull, lt, ne, type SQL } from 'drizzle-orm'
import { type EndReason, session, type SessionRow } from './schema.ts'

/** A session that was ended: what others have to know. */
export type EndedSession = Pick<SessionRow, 'sessionId' | 'userId'>

/** Adds a session. */
export async function insertSession(db: Queries, row: SessionRow): Promise<void> {
  await db.insert(session).values(row)
}

/** A session, dead or alive, that nobody else changes until the transaction ends. Undefined when there is none. */
export async function lockSession(db: Queries, sessionId: string): Promise<SessionRow | undefined> {
  const [row] = await db.select().from(session).where(eq(session.sessionId, sessionId)).for('update')
  return row
}

/** Notes that a session was refreshed. */
export async function touchSession(db: Queries, sessionId: string, at: Date): Promise<void> {
  await db.update(session).set({ refreshTime: at }).where(eq(session.sessionId, sessionId))
}

/** Lets a live session act for a company, or for none. Returns undefined when it is over. */
export async function setTenant(
  db: Queries,
  sessionId: string,
  tenantId: string | undefined,
  at: Date,
): Promise<SessionRow | undefined> {
  const [row] = await db
    .update(session)
    .set({ tenantId: tenantId ?? null })
    .where(and(eq(session.sessionId, sessionId), isAlive(at)))
    .returning()
  return row
}

/** Live sessions of a user, newest first. @param after the id that the last page ended with */
export async function listSessions(
  db: Queries,
  userId: string,
  at: Date,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<SessionRow[]> {
  return db
    .select()
    .from(session)
    .where(and(eq(session.userId, userId), isAlive(at), page.after ? lt(session.sessionId, page.after) : undefined))
    .orderBy(desc(session.sessionId))
    .limit(page.limit)
}

/** Whether a session belongs to a user. */
export async function ownsSession(db: Queries, userId: string, sessionId: string): Promise<boolean> {
  const rows = await db
    .select({ id: session.sessionId })
    .from(session)
    .where(and(eq(session.sessionId, sessionId), eq(session.userId, userId)))
  return rows.length > 0
}

/** Which live sessions to end. */
export type WhichSessions = {
  readonly sessionId?: string
  readonly userId?: string
  readonly tenantId?: string
  /** This one goes on. */
  readonly except?: string | undefined
}

/** Ends live sessions, and returns those that it ended. */
export async function endLiveSessions(
  db: Queries,
  which: WhichSessions,
  reason: EndReason,
  at: Date,
): Promise<EndedSession[]> {
  return db
    .update(session)
    .set({ endTime: at, endReason: reason })
    .where(and(isAlive(at), matching(which)))
    .returning({ sessionId: session.sessionId, userId: session.userId })
}

/** Forgets sessions that ended long ago, with their refresh tokens. */
export async function deleteOldSessions(db: Queries, before: Date): Promise<void> {
  await db.delete(session).where(lt(session.expireTime, before))
}

function isAlive(at: Date): SQL | undefined {
  return and(isNull(session.endTime), gt(session.expireTime, at))
}

function matching({ sessionId, userId, tenantId, except }: WhichSessions): SQL | undefined {
  if (!sessionId && !userId && !tenantId) throw new RangeError('say which sessions to end')
  return and(
    sessionId ? eq(session.sessionId, sessionId) : undefined,
    userId ? eq(session.userId, userId) : undefined,
    tenantId ? eq(session.tenantId, tenantId) : undefined,
    except ? ne(session.sessionId, except) : undefined,
  )
}
