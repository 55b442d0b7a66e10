import { defineService } from '#kit'
import { KeyRotatedSchema } from '#gen/tms/qr/v1/events_pb.ts'
import { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { settings } from './config.ts'
import type { Ctx } from './context.ts'
import { rememberBoarding } from './events/remember_boarding.ts'
import { revokeVoided } from './events/revoke_voided.ts'
import { retireSpent, rotateByAge } from './jobs/turn_keys.ts'
import { keyringOf } from './keys/keyring.ts'
import { rpcs } from './rpc/index.ts'

/** Signs tickets twice, verifies them, and says which no longer count. */
export default defineService<Ctx>({
  name: 'qr',
  serves: [QrService],
  publishes: [KeyRotatedSchema],
  consumes: [rememberBoarding, revokeVoided],
  jobs: [rotateByAge, retireSpent],
  migrations: new URL('./migrations/', import.meta.url),
  settings,
  routes: (ctx) => (router) => router.service(QrService, rpcs(ctx)),
  // The first keys are made, or a wrong QR_KEY is noticed, before the first passenger waits.
  start: async (ctx) => {
    await keyringOf(ctx).signingKeys()
    return async () => undefined
  },
})
