import { defineService } from '#kit'
import * as events from '#gen/tms/tenant/v1/events_pb.ts'
import { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import { settings } from './config.ts'
import { calls, type Ctx } from './context.ts'
import { tellAuth } from './jobs/tell_auth.ts'
import { rpcs } from './rpc/index.ts'

/** Keeps the companies on the platform: who they are, who works for them, what they have switched on. */
export default defineService<Ctx>({
  name: 'tenant',
  serves: [TenantService],
  calls,
  publishes: [
    events.TenantCreatedSchema,
    events.TenantUpdatedSchema,
    events.TenantSuspendedSchema,
    events.TenantResumedSchema,
    events.TenantDeletedSchema,
    events.MemberInvitedSchema,
    events.MemberJoinedSchema,
    events.MemberRemovedSchema,
    events.FeatureFlagChangedSchema,
  ],
  jobs: [tellAuth],
  migrations: new URL('./migrations/', import.meta.url),
  settings,
  routes: (ctx) => (router) => {
    router.service(TenantService, rpcs(ctx))
  },
})
