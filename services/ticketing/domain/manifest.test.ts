import { describe, expect, test } from 'vitest'
import { type Counted, countAt, countByClass, isMeant, ridersAt } from './manifest.ts'

const rider = (state: Counted['state'], from: number, to: number, seatClass: Counted['seatClass'] = 'STANDARD') => ({
  state,
  seatClass,
  fromSequence: from,
  toSequence: to,
})

const riders = [
  rider('BOARDED', 0, 2, 'VIP'),
  rider('NO_SHOW', 0, 2),
  rider('ISSUED', 1, 2),
  rider('ISSUED', 1, 3),
  rider('BOARDED', 0, 1),
]

describe('a manifest', () => {
  test.each([
    [0, { boarding: 3, boarded: 2, noShow: 1, alighting: 0 }],
    [1, { boarding: 2, boarded: 0, noShow: 0, alighting: 1 }],
    [2, { boarding: 0, boarded: 0, noShow: 0, alighting: 2 }],
    [3, { boarding: 0, boarded: 0, noShow: 0, alighting: 1 }],
  ])('at call %i counts who gets on and off; who missed the bus gets off nowhere', (sequence, counts) => {
    expect(countAt(riders, sequence)).toEqual(counts)
  })

  test('counts the tickets of each class against its seats, and leaves out a class that nobody has', () => {
    expect(countByClass(riders, { STANDARD: 41, VIP: 4 })).toEqual([
      { seatClass: 'VIP', seats: 4, tickets: 1, boarded: 1, noShow: 0 },
      { seatClass: 'STANDARD', seats: 41, tickets: 4, boarded: 1, noShow: 1 },
    ])
    expect(countByClass([], { STANDARD: 2 })).toEqual([
      { seatClass: 'STANDARD', seats: 2, tickets: 0, boarded: 0, noShow: 0 },
    ])
  })

  test('of one call shows who gets on or off there', () => {
    expect(ridersAt(riders, 3)).toEqual([riders[3]])
    expect(ridersAt(riders, undefined)).toEqual(riders)
  })
})

const aline = {
  passengerName: 'Aline Mukeshimana',
  seatLabel: '3B',
  bookingCode: 'K7QM2XPA',
  ticketNumber: 'K7QM2XPA-2',
}

test.each([
  ['aline', true],
  ['MUKESHI', true],
  ['mukeshimana áline', true],
  ['3b', true],
  ['k7qm 2xpa', true],
  ['K7QM2XPA-2', true],
  ['K7QM2XPA-1', false],
  ['3', false],
  ['bosco', false],
  ['--', false],
])('%j finds Aline in seat 3B: %s', (typed, found) => {
  expect(isMeant(aline, typed)).toBe(found)
})
