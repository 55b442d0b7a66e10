import { mayOn, type Session } from '#kit'
import { refuse } from '../../errors.ts'
import type { Ctx } from '../../context.ts'
import { type Device, readDevice } from '../../store/pos/devices.ts'

/** What looks after devices, and may read each of them. */
const MANAGE = 'ticketing.pos.manage'
/** What sells; it may be granted for some stations only. */
const SELL = 'ticketing.sales.create'

/** A device of the caller's company. @throws {ConnectError} DEVICE_UNKNOWN */
export async function knownDevice(ctx: Ctx, deviceId: string): Promise<Device> {
  const device = await ctx.db.transaction((tx) => readDevice(tx, deviceId))
  if (!device) throw deviceUnknown(deviceId)
  return device
}

/**
 * A device that the caller may work with.
 *
 * @throws {ConnectError} DEVICE_UNKNOWN, STATION_FORBIDDEN
 */
export async function reachDevice(ctx: Ctx, session: Session, deviceId: string): Promise<Device> {
  const device = await knownDevice(ctx, deviceId)
  assertMayOperate(session, device)
  return device
}

/** @throws {ConnectError} STATION_FORBIDDEN unless the caller may sell at the device's station, and with this device */
export function assertMayOperate(session: Session, device: Device): void {
  const { agentUserIds, stationStopId: stationId, deviceId } = device
  const named = agentUserIds.length === 0 || agentUserIds.includes(session.userId) || session.can(MANAGE)
  if (named && mayOn(session, SELL, { stationId })) return
  throw refuse('STATION_FORBIDDEN', 'you may not sell with this device', { device_id: deviceId })
}

/** @throws {ConnectError} DEVICE_NOT_ACTIVE */
export function assertActive({ state, deviceId }: Device): void {
  if (state === 'ACTIVE') return
  throw refuse('DEVICE_NOT_ACTIVE', 'this device does not sell', { device_id: deviceId, state })
}

export function deviceUnknown(deviceId: string) {
  return refuse('DEVICE_UNKNOWN', 'there is no such device', { device_id: deviceId })
}
