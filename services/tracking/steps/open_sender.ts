import { createHash } from 'node:crypto'
import { refuseCall, type Session } from '#kit'
import type { OpenReporting } from '#gen/tms/tracking/v1/report_pb.ts'
import type { Ctx } from '../context.ts'
import { ALWAYS, dutyOf } from '../domain/duty.ts'
import type { Duty, Sample } from '../domain/sample.ts'
import { refuse } from '../errors.ts'
import type { Sender } from '../ingest/reporting.ts'
import { findBySecret } from '../store/device_keys.ts'
import { claimRecording, lastSample, standingsOf } from '../store/recordings.ts'
import { findTripOfDriver } from '../store/trips.ts'

/** Who reports, by his own word and ours. */
type Identity = {
  readonly tenantId: string
  readonly busId: string
  readonly busPlate: string
  readonly tripId: string | undefined
  readonly driverUserId: string | undefined
  readonly deviceKeyId: string | undefined
  readonly duty: Duty
}

/**
 * Finds out who wants to report and whether he may, and where his recording stands.
 *
 * What is read is of one company by the trip or the key itself, before it is known which; so all rows are asked.
 */
export async function openSender(
  ctx: Ctx,
  open: OpenReporting,
  session: Session,
): Promise<{ readonly sender: Sender; readonly last: Sample | undefined }> {
  const identity =
    open.sender.case === 'deviceKey'
      ? await deviceOf(ctx, open.sender.value)
      : await driverOf(ctx, open.sender.value ?? '', session)
  const { recordingId } = open
  if (!(await claimRecording(ctx.db.system, { ...identity, recordingId }, ctx.clock.now()))) {
    throw refuse('RECORDING_TAKEN', 'this recording was begun by another sender, or for another bus; begin a new one')
  }
  const [standing] = await standingsOf(ctx.db.system, [recordingId])
  const sender = {
    tenantId: identity.tenantId,
    busId: identity.busId,
    busPlate: identity.busPlate,
    recordingId,
    source: identity.driverUserId === undefined ? ('DEVICE' as const) : ('DRIVER' as const),
    tripId: standing?.tripId,
    duty: identity.duty,
    intervalSeconds: standing?.intervalSeconds ?? ctx.settings.reportIntervalSeconds,
  }
  return { sender, last: await lastSample(ctx.db.system, recordingId) }
}

async function deviceOf(ctx: Ctx, secret: string): Promise<Identity> {
  const key = await findBySecret(ctx.db.system, hashOfSecret(secret))
  if (!key) throw refuse('DEVICE_KEY_INVALID', 'this device key is none of ours, or was taken back')
  const { tenantId, busId, busPlate, deviceKeyId } = key
  return { tenantId, busId, busPlate, deviceKeyId, tripId: undefined, driverUserId: undefined, duty: ALWAYS }
}

async function driverOf(ctx: Ctx, tripId: string, session: Session): Promise<Identity> {
  if (session.kind !== 'user') throw refuseCall('TOKEN_MISSING', 'sign in first')
  const trip = await findTripOfDriver(ctx.db.system, tripId, session.userId)
  // Trips of other companies do not exist for a stranger.
  if (trip?.tenantId === undefined || trip.tenantId !== session.tenantId)
    throw refuse('TRIP_UNKNOWN', 'there is no such trip')
  if (!trip.assigned) throw refuse('NOT_ASSIGNED', 'you do not drive this trip')
  if (trip.busId === undefined) throw refuse('BUS_MISSING', 'no bus is chosen for this trip yet')
  const duty = dutyOf(trip)
  const keptMs = ctx.settings.maxAgeHours * 3_600_000
  if (!duty || duty.untilMs < ctx.clock.now().getTime() - keptMs) {
    throw refuse('TRIP_CLOSED', 'this trip was cancelled, or ended long ago')
  }
  const { tenantId, busId, busPlate } = trip
  return { tenantId, busId, busPlate, tripId, driverUserId: session.userId, deviceKeyId: undefined, duty }
}

/** What is kept of a device's secret, which has 256 random bits. */
export function hashOfSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
