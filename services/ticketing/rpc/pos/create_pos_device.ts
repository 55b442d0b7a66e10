import { createHash } from 'node:crypto'
import { type Handler, refuseCall, sessionOf } from '#kit'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { refuse } from '../../errors.ts'
import type { Ctx } from '../../context.ts'
import { enrolmentCodeFrom, spelt } from '../../domain/pos/enrolment_code.ts'
import { randomCode } from '../../steps/random_code.ts'
import { type Device, insertDevice, readDevice, replaceEnrolment, stationName } from '../../store/pos/devices.ts'
import { deviceToProto } from '../../wire/pos/devices.ts'

/** So long after a device was made its maker may still not have heard the answer. */
const RETRY_MS = 600_000

/** Makes a device and its enrolment code. */
export const createPosDevice =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.createPosDevice> =>
  async ({ deviceId, name, stationStopId, agentUserIds }, call) => {
    const tenantId = sessionOf(call).tenantId ?? ''
    const createTime = ctx.clock.now()
    // All rows: where buses call is public.
    const station = await stationName(ctx.db.system, stationStopId)
    if (station === undefined) {
      throw refuse('STATION_UNKNOWN', 'no trip calls at such a stop', { station_stop_id: stationStopId })
    }
    const code = randomCode(enrolmentCodeFrom)
    const wanted = { deviceId, tenantId, name, stationStopId, stationName: station, agentUserIds, createTime }
    const enrolmentHash = hashOfCode(code)
    const enrolmentExpireTime = new Date(createTime.getTime() + ctx.settings.enrolmentSeconds * 1000)
    // Not by `db.once`, which would keep the answer and in it the code.
    const device = await ctx.db.transaction(async (tx) => {
      const made = await insertDevice(tx, { ...wanted, enrolmentHash, enrolmentExpireTime })
      if (made) return made
      const since = new Date(createTime.getTime() - RETRY_MS)
      const kept = await readDevice(tx, deviceId)
      if (kept && !isSame(kept, wanted)) {
        throw refuseCall('IDEMPOTENCY_KEY_REUSED', 'this device_id was used with another request before')
      }
      return replaceEnrolment(tx, deviceId, enrolmentHash, enrolmentExpireTime, since)
    })
    if (!device) throw refuse('ID_TAKEN', 'this device_id is in use; its code cannot be told again')
    return { device: deviceToProto(device), enrolmentCode: spelt(code) }
  }

/** What is kept of an enrolment code. */
export function hashOfCode(code: string): Buffer {
  return createHash('sha256').update(code).digest()
}

type Wanted = Pick<Device, 'name' | 'stationStopId' | 'agentUserIds'>

function isSame(kept: Device, wanted: Wanted): boolean {
  const agents = kept.agentUserIds.join() === wanted.agentUserIds.join()
  return agents && kept.name === wanted.name && kept.stationStopId === wanted.stationStopId
}
