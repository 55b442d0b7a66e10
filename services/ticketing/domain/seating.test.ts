import { describe, expect, test } from 'vitest'
import type { Seat, SeatClass } from './ride.ts'
import { reseat } from './seating.ts'

/** `3B` is row 3, second from the left; VIP in rows 1 and 2. */
function seat(label: string): Seat {
  const row = Number(label.slice(0, -1))
  return {
    label,
    seatClass: row <= 2 ? 'VIP' : 'STANDARD',
    deck: 0,
    row,
    column: label.charCodeAt(label.length - 1) - 65,
  }
}
const free = (labels: string) => labels.split(' ').filter(Boolean).map(seat)
const party = (labels: string, seatClass: SeatClass = 'STANDARD') =>
  labels.split(' ').map((seatLabel) => ({ seatLabel, seatClass }))
const labels = (seats: Seat[] | undefined) => seats?.map((one) => one.label).join(' ')

describe('a party whose seats were lost', () => {
  test.each([
    ['keeps seats that are still free', '3A 3B', '3B 5A 5B', '5A 3B'],
    ['gets a place beside the seat that was kept', '3A 3B', '2A 3A 3D 4A', '3A 3D'],
    ['sits together: the run over the fewest rows', '4A 4B', '3A 5A 7C 7D 9A', '7C 7D'],
    ['takes the front one of equal runs', '4A 4B', '6A 6B 8A 8B', '6A 6B'],
    ['is spread when nothing else is left', '4A 4B', '3A 9D', '3A 9D'],
    ['gets nothing when there are too few', '4A 4B', '3A', undefined],
    ['gets nothing in another class', '4A', '1A 1B', undefined],
  ])('%s', (_, lost, left, given) => {
    expect(labels(reseat(party(lost), free(left)))).toBe(given)
  })

  test('each one stays in the class that was paid', () => {
    const mixed = [...party('1A', 'VIP'), ...party('4A')]
    expect(labels(reseat(mixed, free('2B 7A')))).toBe('2B 7A')
  })
})
