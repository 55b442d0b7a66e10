import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, type Tx } from '#kit'
import { PosDeviceRevokedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { endLeases } from '../../steps/pos/end_leases.ts'
import { deviceUnknown } from '../../steps/pos/reach_device.ts'
import { type Device, lockDevice, revokeDevice } from '../../store/pos/devices.ts'
import { deviceToProto } from '../../wire/pos/devices.ts'

/** Revokes a device, and lets everybody buy what it was lent. */
export const revokePosDevice =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.revokePosDevice> =>
  async ({ deviceId, reason }) => {
    const device = await ctx.db.transaction((tx) => revoke(tx, ctx, deviceId, reason))
    return { device: deviceToProto(device) }
  }

async function revoke(tx: Tx, ctx: Ctx, deviceId: string, reason: string): Promise<Device> {
  const known = await lockDevice(tx, deviceId)
  if (!known) throw deviceUnknown(deviceId)
  const now = ctx.clock.now()
  const revoked = await revokeDevice(tx, deviceId, reason, now)
  if (!revoked) return known
  await endLeases(tx, ctx, { deviceId })
  await tx.publish(PosDeviceRevokedSchema, deviceId, {
    tenantId: revoked.tenantId,
    deviceId,
    reason,
    revokeTime: timestampFromDate(now),
  })
  tx.afterCommit(() => ctx.happened('pos_device_revoked', { device_id: deviceId }))
  return revoked
}
