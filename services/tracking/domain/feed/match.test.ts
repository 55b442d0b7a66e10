import { expect, test } from 'vitest'
import { derivedUuid } from '#kit'
import { type Known, matchOf, plateKey, scheduleIdsOf, type ScheduledTrip } from './match.ts'
import type { FeedVehicle } from './vehicle.ts'

const TENANT = '019354a1-0000-7000-8000-000000000001'
const NINE_MS = Date.UTC(2026, 10, 20, 7)
const HOUR_MS = 3_600_000

const vehicle = (given: Partial<FeedVehicle>): FeedVehicle => ({
  vehicleId: 'v',
  names: [],
  tripId: '',
  startDate: '',
  startTime: '',
  seconds: NINE_MS / 1_000 + 600,
  latitudeDegrees: -1.95,
  longitudeDegrees: 30.05,
  headingDegrees: undefined,
  speedMetersPerSecond: undefined,
  ...given,
})

const trip = (tripId: string, day: number, hour: number, busId?: string): ScheduledTrip => ({
  tripId,
  scheduleId: derivedUuid(TENANT, 'schedules\nHOURLY'),
  serviceDate: `2026-11-${day}`,
  startSeconds: hour * 3_600,
  departureMs: NINE_MS + (day - 20) * 24 * HOUR_MS + (hour - 9) * HOUR_MS,
  arrivalMs: NINE_MS + (day - 20) * 24 * HOUR_MS + (hour - 8) * HOUR_MS,
  busId,
  busPlate: busId === undefined ? '' : 'RAC123A',
})

const known = (...trips: ScheduledTrip[]): Known => ({
  trips: Map.groupBy(trips, ({ scheduleId }) => scheduleId),
  buses: new Map([[plateKey('RAD 777 B'), { busId: 'b7', busPlate: 'RAD777B' }]]),
})

test('a trip of a feed is a schedule by our own id, or by that of the feed that was imported', () => {
  const ours = '019354A1-0000-7000-8000-0000000000AA'
  expect(scheduleIdsOf(TENANT, ours)).toContain(ours.toLowerCase())
  expect(scheduleIdsOf(TENANT, '4711')).toEqual([derivedUuid(TENANT, 'schedules\n4711')])
  expect(scheduleIdsOf(TENANT, '')).toEqual([])
})

test.each<[string, Partial<FeedVehicle>, string | undefined]>([
  ['the one on the road now, when nothing else is said', {}, 'today 9'],
  ['the one of the hour that is said', { startTime: '10:00:00' }, 'today 10'],
  ['the one of the hour, written short', { startTime: '9:00:00' }, 'today 9'],
  ['the one of the day that is said', { startDate: '20261119', seconds: NINE_MS / 1_000 - 23 * 3_600 }, 'yesterday 9'],
  ['none, of a day without departures', { startDate: '20261118' }, undefined],
  ['none, long after the last', { seconds: NINE_MS / 1_000 + 6 * 3_600 }, undefined],
])('of many runs of a schedule a vehicle is at %s', (_, said, tripId) => {
  const trips = [trip('yesterday 9', 19, 9, 'b1'), trip('today 9', 20, 9, 'b1'), trip('today 10', 20, 10, 'b1')]
  expect(matchOf(TENANT, vehicle({ tripId: 'HOURLY', ...said }), known(...trips))?.tripId).toBe(tripId)
})

test('the only run of a day is meant, whatever the feed calls its hour', () => {
  const said = { tripId: 'HOURLY', startDate: '20261120', startTime: '08:55:00' }
  expect(matchOf(TENANT, vehicle(said), known(trip('one', 20, 9, 'b1')))?.tripId).toBe('one')
})

test('a vehicle is the bus of its plate, however it is written, and runs what the feed says', () => {
  const trips = known(trip('one', 20, 9, 'b1'))
  expect(matchOf(TENANT, vehicle({ tripId: 'HOURLY', names: ['', 'rad-777 b'] }), trips)).toEqual({
    busId: 'b7',
    busPlate: 'RAD777B',
    tripId: 'one',
  })
  expect(matchOf(TENANT, vehicle({ names: ['RAD777B'] }), trips)).toMatchObject({ busId: 'b7', tripId: undefined })
})

test('without a known plate it is the bus of its trip, and none when that has none', () => {
  expect(matchOf(TENANT, vehicle({ tripId: 'HOURLY' }), known(trip('one', 20, 9, 'b1')))).toMatchObject({ busId: 'b1' })
  expect(matchOf(TENANT, vehicle({ tripId: 'HOURLY' }), known(trip('one', 20, 9)))).toBeUndefined()
  expect(matchOf(TENANT, vehicle({ tripId: 'OTHER', names: ['X'] }), known())).toBeUndefined()
})
