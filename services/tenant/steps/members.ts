import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Profile } from '#gen/tms/auth/v1/account_pb.ts'
import type { MemberSchema } from '#gen/tms/tenant/v1/member_pb.ts'
import type { Ctx } from '../context.ts'
import type { MemberRow } from '../store/schema.ts'
import { roleToProto } from './to_proto.ts'

/** Members as the wire has them, in the order of `rows`, named as auth knows them. */
export async function membersOf(
  ctx: Ctx,
  rows: readonly MemberRow[],
): Promise<MessageInitShape<typeof MemberSchema>[]> {
  const userIds = [...new Set(rows.map(({ userId }) => userId))]
  if (userIds.length === 0) return []
  const { users } = await ctx.peers.auth.batchGetUsers({ userIds })
  const profiles = new Map(users.map((user) => [user.userId, user]))
  return userIds.map((userId) => {
    const roles = rows.filter((row) => row.userId === userId)
    return memberToProto(userId, roles, profiles.get(userId))
  })
}

function memberToProto(userId: string, roles: readonly MemberRow[], profile: Profile | undefined) {
  const joined = roles.map(({ joinTime }) => joinTime).toSorted((a, b) => a.getTime() - b.getTime())[0]
  return {
    userId,
    displayName: profile?.displayName ?? '',
    phone: profile?.phone ?? '',
    email: profile?.email ?? '',
    roles: roles.map(roleToProto),
    ...(joined && { joinTime: timestampFromDate(joined) }),
  }
}
