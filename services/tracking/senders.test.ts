import { Code, type ConnectError } from '@connectrpc/connect'
import { describe, expect } from 'vitest'
import { reasonOf } from '#kit'
import type { Suite, Who } from '#kit/testing'
import { DriverUnassignedSchema, TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { PositionFault } from '#gen/tms/tracking/v1/position_pb.ts'
import { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import company from '../company/service.ts'
import tracking from './service.ts'
import { aBus } from './testing/bus.ts'
import { placements } from './testing/placements.ts'
import { openPhone } from './testing/phone.ts'
import { aDrivenTrip, DISPATCHER_RIGHTS, newId, onTheRoad, tripBecomes } from './testing/world.ts'

const once = { placements: ['memory'] as const }

const tripOf = (tripId: string, recordingId = newId()) => ({
  recordingId,
  sender: { case: 'tripId' as const, value: tripId },
})
const keyOf = (secret: string, recordingId = newId()) => ({
  recordingId,
  sender: { case: 'deviceKey' as const, value: secret },
})

/** The reason why a stream is not opened, or ended. */
async function refusal(work: Promise<unknown>): Promise<string | undefined> {
  const err = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return reasonOf(err)
}

const open = (suite: Suite, who: Who | undefined, opening: ReturnType<typeof tripOf> | ReturnType<typeof keyOf>) =>
  openPhone(suite.client(TrackingService, who), opening)

describe('who may report for a bus', () => {
  placements(
    'nobody but the driver of the trip: no colleague, no stranger, nobody without a name',
    [tracking],
    async (suite) => {
      const trip = await aDrivenTrip(suite)
      const { tenantId, tripId, driver } = trip
      const other = await aDrivenTrip(suite, { tenantId })
      expect(await refusal(open(suite, other.driver, tripOf(tripId)))).toBe('NOT_ASSIGNED')
      expect(await refusal(open(suite, { ...driver, tenantId: newId() }, tripOf(tripId)))).toBe('TRIP_UNKNOWN')
      expect(await refusal(open(suite, { userId: driver.userId! }, tripOf(tripId)))).toBe('TRIP_UNKNOWN')
      expect(await refusal(open(suite, driver, tripOf(newId())))).toBe('TRIP_UNKNOWN')
      expect(await refusal(open(suite, undefined, tripOf(tripId)))).toBe('TOKEN_MISSING')
      expect(await refusal(open(suite, undefined, keyOf('tmsdev_made_up_by_somebody')))).toBe('DEVICE_KEY_INVALID')
      const report = { positions: [onTheRoad(suite, 1)] }
      const client = suite.client(TrackingService, other.driver)
      expect(await refusal(client.reportPositions({ open: tripOf(tripId), report }))).toBe('NOT_ASSIGNED')
      expect(await suite.sql('tracking')`select 1 from recording`).toHaveLength(0)
    },
  )

  placements(
    'a stream is opened by its first frame, and by no other',
    [tracking],
    async (suite) => {
      const { driver, tripId } = await aDrivenTrip(suite)
      const frames = async function* (...all: object[]) {
        yield* all
      }
      const report = { frame: { case: 'report' as const, value: { positions: [onTheRoad(suite, 1)] } } }
      const opening = { frame: { case: 'open' as const, value: tripOf(tripId) } }
      const client = suite.client(TrackingService, driver)
      const answers = async (...all: object[]) => {
        const said: object[] = []
        for await (const answer of client.streamPositions(frames(...all))) said.push(answer)
        return said
      }
      expect(await refusal(answers(report))).toBe('FRAME_UNEXPECTED')
      expect(await refusal(answers(opening, opening))).toBe('FRAME_UNEXPECTED')
      expect(await refusal(answers({}))).toBe('REQUEST_INVALID')
      expect(await refusal(answers())).toBe('FRAME_UNEXPECTED')
    },
    once,
  )

  placements(
    'a recording belongs to who began it: another driver, or the same on another bus, begins a new one',
    [tracking],
    async (suite) => {
      const trip = await aDrivenTrip(suite)
      const other = await aDrivenTrip(suite, { tenantId: trip.tenantId })
      const opening = tripOf(trip.tripId)
      ;(await open(suite, trip.driver, opening)).cut()
      expect(await refusal(open(suite, other.driver, tripOf(other.tripId, opening.recordingId)))).toBe(
        'RECORDING_TAKEN',
      )
    },
    once,
  )

  placements(
    'who is taken off the trip is cut off at once, and not let in again',
    [tracking],
    async (suite) => {
      const trip = await aDrivenTrip(suite)
      const phone = await open(suite, trip.driver, tripOf(trip.tripId))
      const { tenantId, tripId, assignmentId, driver } = trip
      const event = { tenantId, tripId, assignmentId, driverUserId: driver.userId! }
      await suite.publish(DriverUnassignedSchema, tripId, event)
      expect(reasonOf(await phone.ended)).toBe('NOT_ASSIGNED')
      expect(await refusal(open(suite, driver, tripOf(tripId)))).toBe('NOT_ASSIGNED')
    },
    once,
  )

  placements(
    'a trip without a bus has nothing to report for, and one that was cancelled neither',
    [tracking],
    async (suite) => {
      const trip = await aDrivenTrip(suite, { busId: '' })
      expect(await refusal(open(suite, trip.driver, tripOf(trip.tripId)))).toBe('BUS_MISSING')
      const cancelled = await aDrivenTrip(suite)
      const phone = await open(suite, cancelled.driver, tripOf(cancelled.tripId))
      await tripBecomes(suite, cancelled, TripState.CANCELLED, 2n)
      expect(reasonOf(await phone.ended)).toBe('TRIP_CLOSED')
      expect(await refusal(open(suite, cancelled.driver, tripOf(cancelled.tripId)))).toBe('TRIP_CLOSED')
    },
    { ...once, env: { TRACKING_RECHECK_SECONDS: '1' } },
  )

  placements(
    'after the end of the trip the bus is somebody else’s: what was measured before is still taken, what comes after not',
    [tracking],
    async (suite) => {
      const trip = await aDrivenTrip(suite)
      const nowMs = suite.clock.now().getTime()
      await tripBecomes(suite, trip, TripState.ARRIVED, 2n)
      suite.clock.advance({ hours: 1 })
      const phone = await open(suite, trip.driver, tripOf(trip.tripId))
      phone.send([onTheRoad(suite, 1, nowMs), onTheRoad(suite, 1_801, nowMs)])
      await phone.finish()
      expect(phone.rejected.map(({ sequence, fault }) => [sequence, fault])).toEqual([[1_801n, PositionFault.OFF_DUTY]])
      suite.clock.advance({ hours: 49 })
      expect(await refusal(open(suite, trip.driver, tripOf(trip.tripId)))).toBe('TRIP_CLOSED')
    },
    once,
  )
})

/** A company with a bus, of which company itself knows. */
describe('devices in buses', () => {
  placements(
    'a device reports for its bus by its key, on whatever trip that is, until the key is taken back',
    [company, tracking],
    async (suite) => {
      const { tenantId, busId, client } = await aBus(suite)
      const deviceKeyId = newId()
      const { deviceKey, secret } = await client.createDeviceKey({ deviceKeyId, busId, name: 'Teltonika 1' })
      expect(deviceKey).toMatchObject({ deviceKeyId, tenantId, busId, busPlate: 'RAD001A', name: 'Teltonika 1' })
      const trip = await aDrivenTrip(suite, { tenantId, busId })
      const opening = keyOf(secret)
      const device = await open(suite, undefined, opening)
      expect(device.opened).toMatchObject({ busId, tripId: '' })
      device.send([onTheRoad(suite, 1)])
      await device.until(() => device.acked() === 1)
      await tripBecomes(suite, trip, TripState.DEPARTED, 2n)
      await device.until(() => device.told.some(({ case: kind, value }) => kind === 'tripId' && value === trip.tripId))
      device.send([onTheRoad(suite, 2)])
      await device.until(() => device.acked() === 2)
      const rows = await suite.sql('tracking')`select trip_id from position order by sequence`
      expect(rows.map(({ trip_id }) => trip_id as string | null)).toEqual([null, trip.tripId])

      // It was used: a retry of its making cannot be told the secret again.
      expect(await refusal(client.createDeviceKey({ deviceKeyId, busId, name: 'Teltonika 1' }))).toBe(
        'DEVICE_KEY_EXISTS',
      )
      const { deviceKey: revoked } = await client.revokeDeviceKey({ deviceKeyId })
      expect(revoked?.revokeTime).toBeDefined()
      expect(reasonOf(await device.ended)).toBe('NOT_ASSIGNED')
      expect(await refusal(open(suite, undefined, opening))).toBe('DEVICE_KEY_INVALID')
      expect((await client.listDeviceKeys({})).deviceKeys).toMatchObject([
        { deviceKeyId, revokeTime: revoked?.revokeTime },
      ])
    },
    { env: { TRACKING_RECHECK_SECONDS: '1' } },
  )

  placements(
    'the secret of a key is kept nowhere, and the keys of a company are nobody else’s',
    [company, tracking],
    async (suite) => {
      const { busId, client } = await aBus(suite)
      const deviceKeyId = newId()
      const { secret } = await client.createDeviceKey({ deviceKeyId, busId, name: 'Tracker' })
      expect(secret).toMatch(/^tmsdev_[\w-]{43}$/)
      const [{ kept } = { kept: '' }] = await suite.sql('tracking')<{ kept: string }[]>`
        select (select string_agg(d::text, '') from device_key d) || coalesce(
          (select string_agg(encode(response, 'escape'), '') from idempotency), '') as kept`
      expect(kept).not.toContain(secret)
      expect(await refusal(client.createDeviceKey({ deviceKeyId, busId, name: 'Other' }))).toBe(
        'IDEMPOTENCY_KEY_REUSED',
      )
      expect(await refusal(client.createDeviceKey({ deviceKeyId: newId(), busId: newId(), name: 'X' }))).toBe(
        'BUS_UNKNOWN',
      )
      const rival = await aBusOfRival(suite)
      expect(await refusal(rival.createDeviceKey({ deviceKeyId: newId(), busId, name: 'X' }))).toBe('BUS_UNKNOWN')
      expect(await refusal(rival.revokeDeviceKey({ deviceKeyId }))).toBe('DEVICE_KEY_UNKNOWN')
      expect((await rival.listDeviceKeys({})).deviceKeys).toEqual([])
      const plain = suite.client(TrackingService, { userId: newId(), tenantId: newId(), permissions: [] })
      expect(await refusal(plain.listDeviceKeys({}))).toBe('PERMISSION_MISSING')
    },
    once,
  )
})

async function aBusOfRival(suite: Suite) {
  return suite.client(TrackingService, {
    userId: newId(),
    tenantId: newId(),
    permissions: ['company.*', ...DISPATCHER_RIGHTS],
  })
}

describe('what the company tells its senders', () => {
  placements(
    'a message reaches a driver who streams at once, one who comes later then, and counts as shown when he saw it',
    [tracking],
    async (suite) => {
      const trip = await aDrivenTrip(suite)
      const { tripId } = trip
      const dispatcher = suite.client(TrackingService, trip.dispatcher)
      const [first, second] = [newId(), newId()]
      await dispatcher.sendDriverMessage({ messageId: first, tripId, text: 'Road closed at Muhanga' })
      const phone = await open(suite, trip.driver, tripOf(tripId))
      const heard = () => phone.told.flatMap((said) => (said.case === 'message' ? [said.value.messageId] : []))
      await phone.until(() => heard().includes(first))
      await dispatcher.sendDriverMessage({ messageId: second, tripId, text: 'Go by Ruhango' })
      await phone.until(() => heard().includes(second))
      expect(heard()).toEqual([first, second])
      phone.shown(first)
      await phone.finish()
      const { messages } = await dispatcher.listDriverMessages({ tripId })
      expect(messages.map(({ messageId, showTime }) => [messageId, showTime !== undefined])).toEqual([
        [first, true],
        [second, false],
      ])
      const stranger = suite.client(TrackingService, { ...trip.dispatcher, tenantId: newId() })
      expect(await refusal(stranger.listDriverMessages({ tripId }))).toBe('TRIP_UNKNOWN')
      expect(await refusal(stranger.sendDriverMessage({ messageId: newId(), tripId, text: 'Hi' }))).toBe('TRIP_UNKNOWN')
    },
  )

  placements(
    'the interval of a bus can be changed while it reports, and holds when it comes again [S2-111]',
    [company, tracking],
    async (suite) => {
      const { tenantId, busId, client } = await aBus(suite)
      const trip = await aDrivenTrip(suite, { tenantId, busId })
      const phone = await open(suite, trip.driver, tripOf(trip.tripId))
      expect(phone.opened.reportInterval?.seconds).toBe(5n)
      await client.setReportInterval({ busId, reportInterval: { seconds: 2n } })
      await phone.until(() => phone.told.some((said) => said.case === 'reportInterval' && said.value.seconds === 2n))
      phone.cut()
      const again = await open(suite, trip.driver, tripOf(trip.tripId))
      expect(again.opened.reportInterval?.seconds).toBe(2n)
      const wrong = client.setReportInterval({ busId, reportInterval: { seconds: 0n } })
      await expect(wrong).rejects.toSatisfy((err: ConnectError) => err.code === Code.InvalidArgument)
    },
    once,
  )

  placements(
    'a driver whose trip got another bus reports for that one by a new recording',
    [tracking],
    async (suite) => {
      const trip = await aDrivenTrip(suite)
      const { tenantId, tripId } = trip
      const opening = tripOf(tripId)
      const phone = await open(suite, trip.driver, opening)
      const calls = [
        { sequence: 0, departureSeconds: 8 * 3_600 },
        { sequence: 1, arrivalSeconds: 11 * 3_600 },
      ]
      const facts = { serviceDate: '2026-11-20', timeZone: 'Africa/Kigali', state: TripState.SCHEDULED, calls }
      const other = { tripId, tenantId, busId: newId(), busPlate: 'RAC999Z', revision: 2n, ...facts }
      await suite.publish(TripScheduledSchema, tripId, { tenantId, trip: other })
      expect(reasonOf(await phone.ended)).toBe('NOT_ASSIGNED')
      expect(await refusal(open(suite, trip.driver, opening))).toBe('RECORDING_TAKEN')
      const again = await open(suite, trip.driver, tripOf(tripId))
      expect(again.opened.busId).toBe(other.busId)
    },
    { ...once, env: { TRACKING_RECHECK_SECONDS: '1' } },
  )
})
