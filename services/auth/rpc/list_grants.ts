import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { conditionToProto } from '../steps/conditions.ts'
import { refuseUnknownUser } from '../steps/roles.ts'
import { grantsOf } from '../store/grants.ts'

export const listGrants =
  (ctx: Ctx): Handler<typeof AuthService.method.listGrants> =>
  async ({ userId }) => {
    await refuseUnknownUser(ctx.db.system, userId)
    const { roles, permissions } = await grantsOf(ctx.db.system, userId)
    const common = (grant: { readonly tenantId: string | undefined; readonly createTime: Date }) => ({
      userId,
      tenantId: grant.tenantId ?? '',
      createTime: timestampFromDate(grant.createTime),
    })
    return {
      grants: [
        ...roles.map((grant) => ({ ...common(grant), granted: { case: 'role' as const, value: grant.role } })),
        ...permissions.map((grant) => ({
          ...common(grant),
          granted: { case: 'permission' as const, value: grant.permission },
          ...(grant.condition && { condition: conditionToProto(grant.condition) }),
        })),
      ],
    }
  }
