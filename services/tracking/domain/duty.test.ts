import { expect, test } from 'vitest'
import { dutyOf } from './duty.ts'

const departureTimeMs = Date.parse('2026-11-20T06:00:00Z')
const hour = 3_600_000
const trip = { departureTimeMs, stateTimeMs: departureTimeMs + 3 * hour }

test.each(['SCHEDULED', 'BOARDING', 'DEPARTED'] as const)(
  'while a trip is %s its driver has the bus, from six hours before',
  (state) => {
    expect(dutyOf({ ...trip, state })).toEqual({
      fromMs: departureTimeMs - 6 * hour,
      untilMs: Number.POSITIVE_INFINITY,
    })
  },
)

test('after the arrival he has half an hour to bring it to its place', () => {
  expect(dutyOf({ ...trip, state: 'ARRIVED' })?.untilMs).toBe(departureTimeMs + 3.5 * hour)
})

test('a cancelled trip has no bus', () => {
  expect(dutyOf({ ...trip, state: 'CANCELLED' })).toBeUndefined()
})

test('who opens the boarding earlier has the bus from then on', () => {
  const early = departureTimeMs - 20 * hour
  expect(dutyOf({ ...trip, state: 'BOARDING', stateTimeMs: early })?.fromMs).toBe(early)
})
