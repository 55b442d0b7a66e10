import { randomBytes } from 'node:crypto'
import { type Handler, refuseCall, sessionOf } from '#kit'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { knownBus } from '../steps/known_bus.ts'
import { hashOfSecret } from '../steps/open_sender.ts'
import { type DeviceKeyRow, insertDeviceKey, replaceSecret } from '../store/device_keys.ts'
import { deviceKeyToProto } from '../wire/device_keys.ts'

/** So long after a key was made its maker may still not have heard the answer. */
const RETRY_MS = 600_000

export const createDeviceKey =
  (ctx: Ctx): Handler<typeof TrackingService.method.createDeviceKey> =>
  async ({ deviceKeyId, busId, name }, call) => {
    const tenantId = sessionOf(call).tenantId ?? ''
    const { plate: busPlate } = await knownBus(ctx, busId)
    const createTime = ctx.clock.now()
    const wanted = { deviceKeyId, tenantId, busId, busPlate, name, createTime, revokeTime: undefined }
    const secret = `tmsdev_${randomBytes(32).toString('base64url')}`
    // Not by `db.once`, which would keep the answer and in it the secret.
    const key = await ctx.db.transaction(async (tx) => {
      const hash = hashOfSecret(secret)
      if (await insertDeviceKey(tx, wanted, hash)) return wanted
      return sameAs(wanted, await replaceSecret(tx, deviceKeyId, hash, new Date(createTime.getTime() - RETRY_MS)))
    })
    return { deviceKey: deviceKeyToProto(key), secret }
  }

function sameAs(wanted: DeviceKeyRow, kept: DeviceKeyRow | undefined): DeviceKeyRow {
  if (!kept) throw refuse('DEVICE_KEY_EXISTS', 'this device_key_id is in use; its secret cannot be told again')
  if (kept.busId === wanted.busId && kept.name === wanted.name) return kept
  throw refuseCall('IDEMPOTENCY_KEY_REUSED', 'this device_key_id was used with another request before')
}
