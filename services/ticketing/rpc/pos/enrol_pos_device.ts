import { verify } from 'node:crypto'
import { type Handler, sessionOf, type Tx } from '#kit'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { PosDeviceEnrolledSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { EnrolPosDeviceRequest, PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { refuse } from '../../errors.ts'
import type { Ctx } from '../../context.ts'
import { enrolmentChallenge, enrolmentCodeFromTyped } from '../../domain/pos/enrolment_code.ts'
import { assertMayOperate } from '../../steps/pos/reach_device.ts'
import { deviceKeyOf } from '../../steps/pos/signatures.ts'
import { type Device, deviceOfCode, enrolDevice } from '../../store/pos/devices.ts'
import { deviceToProto } from '../../wire/pos/devices.ts'
import { hashOfCode } from './create_pos_device.ts'

/** Binds a device to the key that it brings. */
export const enrolPosDevice =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.enrolPosDevice> =>
  async (req, call) => {
    const session = sessionOf(call)
    const code = enrolmentCodeFromTyped(req.enrolmentCode)
    if (!isProven(req, code)) throw refused()
    const device = await ctx.db.transaction(async (tx) => {
      const invited = await deviceOfCode(tx, hashOfCode(code))
      if (!invited) throw refused()
      assertMayOperate(session, invited)
      return enrolOnce(tx, ctx, invited, req.publicKey, session.userId)
    })
    return { device: deviceToProto(device) }
  }

/** Whether the caller has the private half of the key. */
function isProven({ publicKey, proof }: EnrolPosDeviceRequest, code: string): boolean {
  return verify(null, Buffer.from(enrolmentChallenge(code)), deviceKeyOf(publicKey), proof)
}

/** @throws {ConnectError} ENROLMENT_REFUSED when the code was used for another key, or is too old */
async function enrolOnce(
  tx: Tx,
  ctx: Ctx,
  invited: Device,
  publicKey: Uint8Array,
  agentUserId: string,
): Promise<Device> {
  const now = ctx.clock.now()
  if (invited.state === 'ACTIVE' && invited.publicKey?.equals(publicKey)) return invited
  if (invited.state !== 'INVITED' || invited.enrolmentExpireTime <= now) throw refused()
  const { tenantId, deviceId, name, stationStopId } = invited
  const device = await enrolDevice(tx, deviceId, publicKey, now)
  await tx.publish(PosDeviceEnrolledSchema, deviceId, {
    ...{ tenantId, deviceId, name, stationStopId, agentUserId },
    enrolTime: timestampFromDate(now),
  })
  tx.afterCommit(() => ctx.happened('pos_device_enrolled', { device_id: deviceId }))
  return device
}

function refused() {
  return refuse('ENROLMENT_REFUSED', 'this enrolment code is not good for this device')
}
