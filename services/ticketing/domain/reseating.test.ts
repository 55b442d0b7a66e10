import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Legs } from './legs.ts'
import { overlap } from './legs.ts'
import { loadOf, type Party, seatAnew } from './reseating.ts'
import type { Seat } from './ride.ts'

const LEGS = 4

/** Seats by label; `V1A` is VIP. */
function bus(labels: string): Seat[] {
  return labels.split(' ').map((label) => {
    const plain = label.replace('V', '')
    const [row, column] = [Number(plain.slice(0, -1)), plain.charCodeAt(plain.length - 1) - 65]
    return { label, seatClass: label.startsWith('V') ? 'VIP' : 'STANDARD', deck: 0, row, column }
  })
}

let made = 0
function party(labels: string, legs: Legs = { from: 0, to: LEGS }, held = false): Party {
  const seats = labels.split(' ').map((seatLabel) => ({
    seatLabel,
    seatClass: seatLabel.startsWith('V') ? ('VIP' as const) : ('STANDARD' as const),
  }))
  return { bookingId: `b${++made}`, legs, held, createTime: new Date(made), seats }
}

const seatsOf = (parties: readonly Party[], labels: string) => {
  const { seated, unseated } = seatAnew(parties, bus(labels))
  return parties.map((one) =>
    unseated.includes(one)
      ? 'none'
      : seated
          .get(one)!
          .map(({ label }) => label)
          .join(' '),
  )
}

describe('in another bus', () => {
  test.each<[rule: string, parties: Party[], bus: string, given: string[]]>([
    ['everybody keeps a seat that is there', [party('1A'), party('2B')], '1A 1B 2A 2B', ['1A', '2B']],
    ['who has no seat leaves the others theirs', [party('9A'), party('1A')], '1A 1B', ['1B', '1A']],
    ['a booking sits together', [party('9A 9B'), party('1B')], '1A 1B 2A 3A 3B', ['3A 3B', '1B']],
    [
      'a seat is used again by who boards where another gets off',
      [party('9A', { from: 0, to: 2 }), party('9B', { from: 2, to: 4 })],
      '1A',
      ['1A', '1A'],
    ],
    ['a full class moves its people up', [party('1A'), party('1B')], '1A V1A', ['1A', 'V1A']],
    ['nobody is moved down', [party('V1A')], '1A 1B', ['none']],
    ['VIP seats go to VIP passengers first', [party('1A'), party('V9A')], 'V1A 2A', ['2A', 'V1A']],
    ['no party is parted', [party('1A 1B')], '1A', ['none']],
    ['who has paid comes before who has not', [party('9A', undefined, true), party('9B')], '1A', ['none', '1A']],
    ['the earlier booking comes first', [party('9A'), party('9B')], '1A', ['1A', 'none']],
  ])('%s', (_, parties, labels, given) => {
    expect(seatsOf(parties, labels)).toEqual(given)
  })

  test('what a leg needs and has is told by class', () => {
    const parties = [party('1A 1B', { from: 0, to: 2 }), party('V1A', { from: 1, to: 2 })]
    expect(loadOf(parties, bus('1A V1A V1B'))).toEqual([
      { leg: 0, seatClass: 'STANDARD', needed: 2, there: 1 },
      { leg: 1, seatClass: 'VIP', needed: 1, there: 2 },
      { leg: 1, seatClass: 'STANDARD', needed: 2, there: 1 },
    ])
  })
})

const BUS = bus('V1A V1B 2A 2B 3A 3B 4A 4B')

const aParty = fc
  .record({
    from: fc.nat(LEGS - 1),
    length: fc.integer({ min: 1, max: LEGS }),
    labels: fc.uniqueArray(fc.constantFrom(...BUS.map(({ label }) => label), '7A', '8A', 'V9A'), {
      minLength: 1,
      maxLength: 4,
    }),
    held: fc.boolean(),
  })
  .map(({ from, length, labels, held }) => party(labels.join(' '), { from, to: Math.min(LEGS, from + length) }, held))

test('nobody shares a seat on a leg, nobody sits lower, parties are whole', () => {
  fc.assert(
    fc.property(fc.array(aParty, { maxLength: 14 }), (parties) => {
      const { seated, unseated } = seatAnew(parties, BUS)
      expect(seated.size + unseated.length).toBe(parties.length)
      const given = [...seated].flatMap(([{ legs, seats }, there]) => {
        expect(there).toHaveLength(seats.length)
        return there.map((seat, i) => ({ ...seat, legs, wanted: seats[i]!.seatClass }))
      })
      for (const [i, one] of given.entries()) {
        expect(one.wanted === 'STANDARD' || one.seatClass === 'VIP').toBe(true)
        const shared = given.slice(i + 1).some((other) => other.label === one.label && overlap(other.legs, one.legs))
        expect(shared).toBe(false)
      }
    }),
  )
})

test('while every leg has enough seats of each class, everybody is seated', () => {
  fc.assert(
    fc.property(fc.array(aParty, { maxLength: 14 }), (parties) => {
      fc.pre(loadOf(parties, BUS).every(({ needed, there }) => needed <= there))
      expect(seatAnew(parties, BUS).unseated).toEqual([])
    }),
  )
})
