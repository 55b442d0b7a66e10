import type { Handler } from '#kit'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { ingestOf } from '../ingest/ingest.ts'
import { revokeDeviceKey as revoke } from '../store/device_keys.ts'
import { deviceKeyToProto } from '../wire/device_keys.ts'

export const revokeDeviceKey =
  (ctx: Ctx): Handler<typeof TrackingService.method.revokeDeviceKey> =>
  async ({ deviceKeyId }) => {
    const key = await ctx.db.transaction((tx) => revoke(tx, deviceKeyId, ctx.clock.now()))
    if (!key) throw refuse('DEVICE_KEY_UNKNOWN', 'the company has no such device key')
    await ingestOf(ctx).announce()
    return { deviceKey: deviceKeyToProto(key) }
  }
