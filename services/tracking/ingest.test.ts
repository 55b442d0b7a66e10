import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { describe, expect } from 'vitest'
import type { Suite } from '#kit/testing'
import { PositionFault } from '#gen/tms/tracking/v1/position_pb.ts'
import { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import tracking from './service.ts'
import { placements } from './testing/placements.ts'
import { openPhone } from './testing/phone.ts'
import { aDrivenTrip, type Driven, newId, onTheRoad, type PositionInit, range } from './testing/world.ts'

const once = { placements: ['memory'] as const }

/** The numbers in the history, by time of measurement. */
async function history(suite: Suite, recordingId: string): Promise<number[]> {
  const rows = await suite.sql('tracking')<{ sequence: string }[]>`
    select sequence from position where recording_id = ${recordingId} order by sample_time, sequence`
  return rows.map(({ sequence }) => Number(sequence))
}

const asDriver = (suite: Suite, trip: Driven) => suite.client(TrackingService, trip.driver)
const openingOf = (trip: Driven, recordingId = newId()) => ({
  recordingId,
  sender: { case: 'tripId' as const, value: trip.tripId },
})

describe('a stream of positions', () => {
  placements(
    'a thousand positions are acknowledged in order, and each is in the history once [S1-31, S1-49, S2-93]',
    [tracking],
    async (suite) => {
      const trip = await aDrivenTrip(suite)
      const startMs = suite.clock.now().getTime() - 1_000_000
      const opening = openingOf(trip)
      const phone = await openPhone(asDriver(suite, trip), opening)
      expect(phone.opened).toMatchObject({ durableSequence: 0n, busId: trip.busId, tripId: trip.tripId })
      for (const n of range(1, 1_000)) phone.send([onTheRoad(suite, n, startMs)])
      await phone.finish()
      expect([phone.acked(), phone.rejected]).toEqual([1_000, []])
      expect(await history(suite, opening.recordingId)).toEqual(range(1, 1_000))
    },
  )

  placements(
    'a rejected position is told with its reason, and is in no history and on no map',
    [tracking],
    async (suite) => {
      const trip = await aDrivenTrip(suite)
      const opening = openingOf(trip)
      const phone = await openPhone(asDriver(suite, trip), opening)
      const nowMs = suite.clock.now().getTime()
      const sampleTime = (ms: number) => timestampFromMs(nowMs + ms)
      const good = { ...onTheRoad(suite, 1), sampleTime: sampleTime(-60_000) }
      const bad: [keyof typeof PositionFault, PositionInit][] = [
        ['INVALID', { latitudeDegrees: Number.NaN }],
        ['INVALID', { sampleTime: undefined }],
        ['INVALID', { headingDegrees: -1 }],
        ['ZERO', { latitudeDegrees: 0, longitudeDegrees: 0 }],
        ['DUPLICATE', { sequence: 1n }],
        ['OUT_OF_ORDER', { sampleTime: sampleTime(-61_000) }],
        ['FUTURE', { sampleTime: sampleTime(31_000) }],
        ['INACCURATE', { accuracyMeters: 151, sampleTime: sampleTime(-1_000) }],
        ['IMPOSSIBLE_JUMP', { latitudeDegrees: -1.5, sampleTime: sampleTime(-1_000) }],
      ]
      phone.send([good])
      for (const [i, [, flaw]] of bad.entries())
        phone.send([{ ...good, sequence: BigInt(i + 2), ...flaw } as PositionInit])
      const last = { ...onTheRoad(suite, 20), sampleTime: sampleTime(0) }
      phone.send([last])
      await phone.finish()
      expect(phone.rejected.map(({ fault }) => fault)).toEqual(bad.map(([fault]) => PositionFault[fault]))
      expect(phone.acked()).toBe(20)
      expect(await history(suite, opening.recordingId)).toEqual([1, 20])
      // The first was a minute old when it came: it is of the past.
      const client = suite.client(TrackingService, trip.dispatcher)
      await expect
        .poll(() => client.listBusLocations({}))
        .toMatchObject({
          locations: [{ update: { position: { sequence: 20n, busId: trip.busId }, busPlate: 'RAC123A' } }],
        })
    },
    once,
  )

  placements(
    'after a break the sender is told what is safe; what it sends twice is in the history once',
    [tracking],
    async (suite) => {
      const trip = await aDrivenTrip(suite)
      const opening = openingOf(trip)
      const startMs = suite.clock.now().getTime() - 100_000
      const positions = (from: number, to: number) => range(from, to).map((n) => onTheRoad(suite, n, startMs))
      const before = await openPhone(asDriver(suite, trip), opening)
      before.send(positions(1, 40))
      await before.until(() => before.acked() === 40)
      before.send(positions(41, 50))
      before.cut()
      const after = await openPhone(asDriver(suite, trip), opening)
      const durable = Number(after.opened.durableSequence)
      expect([40, 50]).toContain(durable)
      after.send(positions(31, 60))
      await after.finish()
      const repeated = after.rejected.map(({ fault }) => fault)
      expect(repeated).toEqual(range(31, durable).map(() => PositionFault.DUPLICATE))
      expect(await history(suite, opening.recordingId)).toEqual(range(1, 60))
    },
  )

  placements(
    'a sender that comes back by another connection goes on there, and the older stream is ended',
    [tracking],
    async (suite) => {
      const trip = await aDrivenTrip(suite)
      const opening = openingOf(trip)
      const startMs = suite.clock.now().getTime() - 100_000
      const older = await openPhone(asDriver(suite, trip), opening)
      older.send(range(1, 10).map((n) => onTheRoad(suite, n, startMs)))
      await older.until(() => older.acked() === 10)
      const newer = await openPhone(asDriver(suite, trip), opening)
      expect(newer.opened.durableSequence).toBe(10n)
      expect(String(await older.ended)).toContain('another stream goes on')
      newer.send([onTheRoad(suite, 11, startMs)])
      await newer.finish()
      expect(await history(suite, opening.recordingId)).toEqual(range(1, 11))
    },
    once,
  )

  placements(
    'a stream that two processes believe to have is in the history once: PostgreSQL decides',
    [tracking],
    async (suite) => {
      const trip = await aDrivenTrip(suite)
      const opening = openingOf(trip)
      const startMs = suite.clock.now().getTime() - 100_000
      const phone = await openPhone(asDriver(suite, trip), opening)
      phone.send(range(1, 10).map((n) => onTheRoad(suite, n, startMs)))
      await phone.until(() => phone.acked() === 10)
      // What another process wrote meanwhile, of the same recording.
      await suite.sql('tracking')`
        insert into position (tenant_id, bus_id, trip_id, recording_id, sequence, sample_time, receive_time,
          latitude_degrees, longitude_degrees)
        select tenant_id, bus_id, trip_id, recording_id, sequence + 10, sample_time + interval '10 s', receive_time,
          latitude_degrees, longitude_degrees
        from position where sequence between 3 and 6`
      phone.send(range(11, 30).map((n) => onTheRoad(suite, n, startMs)))
      await phone.finish()
      expect(phone.acked()).toBe(30)
      expect(await history(suite, opening.recordingId)).toEqual(range(1, 30))
    },
    once,
  )

  placements(
    'what was measured around midnight is in the history of both days',
    [tracking],
    async (suite) => {
      suite.clock.set('2026-11-21T00:00:05Z')
      const trip = await aDrivenTrip(suite)
      const opening = openingOf(trip)
      const phone = await openPhone(asDriver(suite, trip), opening)
      phone.send(range(1, 10).map((n) => onTheRoad(suite, n, Date.parse('2026-11-20T23:59:55Z'))))
      await phone.finish()
      expect(await history(suite, opening.recordingId)).toEqual(range(1, 10))
      const days = await suite.sql(
        'tracking',
      )`select relname from pg_class where relname ~ '^position_2026[0-9]{4}$' order by 1`
      expect(days.map(({ relname }) => relname as string)).toEqual(['position_20261120', 'position_20261121'])
    },
    once,
  )
})

placements(
  'a phone that was offline reports at once what it kept, and sent again nothing changes',
  [tracking],
  async (suite) => {
    const trip = await aDrivenTrip(suite)
    const open = openingOf(trip)
    const startMs = suite.clock.now().getTime() - 3_600_000
    const report = { positions: range(1, 1_000).map((n) => onTheRoad(suite, n, startMs)) }
    // The suite sends it twice and answers with the second answer.
    const { ack } = await asDriver(suite, trip).reportPositions({ open, report })
    expect(ack?.sequence).toBe(1_000n)
    expect(new Set(ack?.rejected.map(({ fault }) => fault))).toEqual(new Set([PositionFault.DUPLICATE]))
    expect(await history(suite, open.recordingId)).toEqual(range(1, 1_000))
    const { locations } = await suite.client(TrackingService, trip.dispatcher).listBusLocations({})
    expect(locations).toEqual([])
    await expect(asDriver(suite, trip).reportPositions({ open, report: { positions: [] } })).rejects.toThrow(
      'positions',
    )
  },
  once,
)

placements(
  'connections to PostgreSQL that die while phones stream cost no position, and none is there twice',
  [tracking],
  async (suite) => {
    const trips = await Promise.all(range(1, 20).map(() => aDrivenTrip(suite)))
    const startMs = suite.clock.now().getTime() - 1_000_000
    const streams = await Promise.all(
      trips.map(async (trip) => {
        const opening = openingOf(trip)
        return { opening, phone: await openPhone(asDriver(suite, trip), opening) }
      }),
    )
    const sql = suite.sql('tracking')
    for (const n of range(1, 30)) {
      for (const { phone } of streams) phone.send(range(n * 10 - 9, n * 10).map((i) => onTheRoad(suite, i, startMs)))
      if (n % 10 !== 5) continue
      await expect
        .poll(() => Math.max(...streams.map(({ phone }) => phone.acked())))
        .toBeGreaterThanOrEqual(n * 10 - 100)
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name like 'tms-tracking%'`
    }
    await Promise.all(streams.map(({ phone }) => phone.finish()))
    for (const { opening, phone } of streams) {
      expect([phone.acked(), phone.rejected]).toEqual([300, []])
      expect(await history(suite, opening.recordingId)).toEqual(range(1, 300))
    }
  },
  { ...once, timeoutMs: 60_000 },
)
