import { expect, test } from 'vitest'
import { chooseSeats, type DoorSeats, type SeatWish } from './door.ts'
import type { Seat } from './ride.ts'

const seat = (label: string, row: number): Seat => ({
  label,
  seatClass: label.startsWith('1') ? 'VIP' : 'STANDARD',
  deck: 0,
  row,
  column: 0,
})
const free = [seat('1A', 0), seat('2A', 1), seat('2B', 1)]
const any: SeatWish = { seatLabel: '', seatClass: 'STANDARD' }
const named = (seatLabel: string): SeatWish => ({ ...any, seatLabel })

const cases: [string, SeatWish[], DoorSeats][] = [
  ['the first free seat of the class', [any], { labels: ['2A'] }],
  ['a named seat, whether it is free the sale decides', [named('9D')], { labels: ['9D'] }],
  ['not the seat that another of the party named', [any, named('2A')], { labels: ['2B', '2A'] }],
  ['a seat each', [any, any], { labels: ['2A', '2B'] }],
  ['none when too few are left', [any, any, any], { full: 'STANDARD', free: 2 }],
  ['each class by itself', [{ ...any, seatClass: 'VIP' }, any], { labels: ['1A', '2A'] }],
]

test.each(cases)('at the door one gets %s', (_, wishes, seats) => {
  expect(chooseSeats(wishes, free)).toEqual(seats)
})
