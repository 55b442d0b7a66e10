import type { Ctx } from '../context.ts'
import type { Visitor } from '../domain/invitation.ts'

/** What auth knows of a user's contacts at this moment: a token may be ten minutes old, and names no address. */
export async function visitorFrom(ctx: Ctx, userId: string, holdsToken: boolean): Promise<Visitor> {
  const { users } = await ctx.peers.auth.batchGetUsers({ userIds: [userId] })
  const [user] = users
  return {
    userId,
    verifiedPhone: user?.phoneVerified ? user.phone : undefined,
    verifiedEmail: user?.emailVerified ? user.email : undefined,
    holdsToken,
  }
}
