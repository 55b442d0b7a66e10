import { defineService, UserError } from '#kit'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { CodeRequestedSchema, SessionRevokedSchema, UserRegisteredSchema } from '#gen/tms/auth/v1/events_pb.ts'
import { DEVELOPMENT_KEY, settings } from './config.ts'
import { calls, type Ctx } from './context.ts'
import { resumeTenant } from './events/resume_tenant.ts'
import { suspendTenant } from './events/suspend_tenant.ts'
import { forget } from './jobs/forget.ts'
import { rotateKeys } from './jobs/rotate_keys.ts'
import { rpcs } from './rpc/index.ts'
import { prepareKeys } from './steps/signing_keys.ts'

/** Knows who is who and who may do what; signs the tokens that say so. */
export default defineService<Ctx>({
  name: 'auth',
  serves: [AuthService],
  calls,
  publishes: [UserRegisteredSchema, SessionRevokedSchema, CodeRequestedSchema],
  consumes: [suspendTenant, resumeTenant],
  jobs: [rotateKeys, forget],
  migrations: new URL('./migrations/', import.meta.url),
  settings,
  routes: (ctx) => (router) => {
    router.service(AuthService, rpcs(ctx))
  },
  start: async (ctx) => {
    if (ctx.settings.environment === 'production' && ctx.settings.key === DEVELOPMENT_KEY) {
      throw new UserError('Set AUTH_KEY or AUTH_KEY_FILE: the development key must not seal keys in production.')
    }
    await prepareKeys(ctx)
    return () => Promise.resolve()
  },
})
