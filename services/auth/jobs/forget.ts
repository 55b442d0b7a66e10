import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { RETRY_SECONDS } from '../domain/api_key.ts'
import { eraseRetrySalts } from '../store/api_keys.ts'
import { deleteOldAttempts } from '../store/attempts.ts'
import { deleteOldCodes } from '../store/codes.ts'
import { deleteOldSessions } from '../store/sessions.ts'
import { deleteOldSignUps } from '../store/sign_ups.ts'

const DAY_MS = 86_400_000
/** Owners can still ask what a session was, a month after it ended. */
const KEEP_SESSIONS_DAYS = 30

/** Forgets what no rule asks for any more. */
export const forget = every({ seconds: 3_600 }, 'forget', async ({ db, clock }: Ctx) => {
  const now = clock.now()
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS)
  // All rows: these tables belong to no tenant.
  await eraseRetrySalts(db.system, new Date(now.getTime() - RETRY_SECONDS * 1000))
  await deleteOldSignUps(db.system, now)
  await deleteOldCodes(db.system, daysAgo(1))
  await deleteOldAttempts(db.system, daysAgo(1))
  await deleteOldSessions(db.system, daysAgo(KEEP_SESSIONS_DAYS))
})
