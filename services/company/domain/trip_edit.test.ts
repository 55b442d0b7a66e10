import { describe, expect, test } from 'vitest'
import { edited, type Editable, leavesOnItsDay } from './trip_edit.ts'

const trip: Editable = {
  serviceDate: '2026-11-20',
  startSeconds: 8 * 3600,
  shiftSeconds: 0,
  timeZone: 'Africa/Kigali',
  departureTime: new Date('2026-11-20T06:00:00Z'),
  arrivalTime: new Date('2026-11-20T09:00:00Z'),
  busId: 'bus',
  layoutId: 'coach',
  state: 'SCHEDULED',
  cancelReason: '',
}

describe('an edited trip', () => {
  test('leaves and arrives later, and keeps the departure of its schedule', () => {
    const later = edited(edited(trip, { kind: 'SHIFT', minutes: 45 })!, { kind: 'SHIFT', minutes: -15 })
    expect(later).toMatchObject({ startSeconds: 8 * 3600, shiftSeconds: 1800 })
    expect(later?.departureTime.toISOString()).toBe('2026-11-20T06:30:00.000Z')
    expect(later?.arrivalTime.toISOString()).toBe('2026-11-20T09:30:00.000Z')
  })

  test.each([
    [
      { kind: 'CHANGE_BUS', busId: 'other', layoutId: 'coach' },
      { busId: 'other', layoutId: 'coach' },
    ],
    [
      { kind: 'CHANGE_BUS', busId: null, layoutId: null },
      { busId: null, layoutId: 'coach' },
    ],
    [
      { kind: 'CANCEL', reason: 'flood' },
      { state: 'CANCELLED', cancelReason: 'flood' },
    ],
  ] as const)('by %j is %j', (edit, after) => {
    expect(edited(trip, edit)).toMatchObject(after)
  })

  test('that is like that already does not change', () => {
    expect(edited(trip, { kind: 'CHANGE_BUS', busId: 'bus', layoutId: 'coach' })).toBeUndefined()
    expect(edited({ ...trip, state: 'CANCELLED' }, { kind: 'CANCEL', reason: 'again' })).toBeUndefined()
  })
})

test.each([
  [-8 * 3600, true],
  [-8 * 3600 - 60, false],
  [64 * 3600 - 60, true],
  [64 * 3600, false],
])('a trip of eight moved by %i seconds leaves on its day: %s', (shiftSeconds, leaves) => {
  expect(leavesOnItsDay({ ...trip, shiftSeconds })).toBe(leaves)
})
