import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Claim, freeSeats, isForward, legNumbers, type Legs, overlap, rangeText } from './legs.ts'

const CALLS = 7
const labels = ['1A', '1B', '2A', '2B']
const legs: fc.Arbitrary<Legs> = fc
  .tuple(fc.nat(CALLS - 2), fc.integer({ min: 1, max: CALLS - 1 }))
  .map(([from, length]) => ({ from, to: Math.min(from + length, CALLS - 1) }))
const claims: fc.Arbitrary<Claim[]> = fc.array(fc.record({ seatLabel: fc.constantFrom(...labels), legs }), {
  maxLength: 12,
})

/** The model: a table with one box for each seat and leg. */
function boxes(all: readonly Claim[]): Set<string> {
  return new Set(all.flatMap(({ seatLabel, legs }) => legNumbers(legs).map((leg) => `${seatLabel} ${leg}`)))
}

describe('legs', () => {
  test.each([
    [{ from: 0, to: 2 }, { from: 2, to: 3 }, false, 'one gets off where the other gets on'],
    [{ from: 0, to: 3 }, { from: 2, to: 4 }, true, 'both sit there on leg 2'],
    [{ from: 1, to: 2 }, { from: 0, to: 5 }, true, 'a short ride inside a long one'],
    [{ from: 3, to: 4 }, { from: 0, to: 1 }, false, 'far apart'],
  ])('%j and %j share a leg: %s, %s', (a, b, shared) => {
    expect(overlap(a, b)).toBe(shared)
    expect(overlap(b, a)).toBe(shared)
  })

  test.each([
    [{ from: 0, to: 1 }, true],
    [{ from: 1, to: 1 }, false],
    [{ from: 2, to: 1 }, false],
    [{ from: -1, to: 1 }, false],
  ])('%j goes forward: %s', (ride, forward) => {
    expect(isForward(ride)).toBe(forward)
  })

  test('is written as PostgreSQL writes ranges', () => {
    expect(rangeText({ from: 0, to: 3 })).toBe('[0,3)')
  })

  test('two rides overlap exactly when they share a numbered leg', () => {
    fc.assert(
      fc.property(legs, legs, (a, b) => {
        expect(overlap(a, b)).toBe(legNumbers(a).some((leg) => legNumbers(b).includes(leg)))
      }),
    )
  })

  test('stock on each leg is seats minus sold, whatever was sold before [S1-22][S2-34]', () => {
    fc.assert(
      fc.property(claims, legs, (sold, ride) => {
        const model = boxes(sold)
        const expected = labels.filter((label) => legNumbers(ride).every((leg) => !model.has(`${label} ${leg}`)))
        const seats = labels.map((label) => ({ label }))
        expect(freeSeats(seats, sold, ride).map((seat) => seat.label)).toEqual(expected)
      }),
    )
  })
})
