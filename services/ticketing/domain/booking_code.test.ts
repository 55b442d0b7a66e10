import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeFrom, normalizeCode, ticketNumber } from './booking_code.ts'

describe('booking codes', () => {
  test('hold eight letters and digits, none of which looks like another', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (random) => {
        const code = codeFrom(random)
        fc.pre(code !== undefined)
        expect(code).toMatch(/^[2-9A-Z]{8}$/)
        expect(code).not.toMatch(/[0O1IL8B5SUV]/)
      }),
    )
  })

  test('come from fair bytes only: too few of them give no code', () => {
    expect(codeFrom(new Uint8Array(24).fill(255))).toBeUndefined()
    expect(codeFrom(Uint8Array.from([255, 0, 0, 0, 0, 0, 0, 0, 0]))).toBe('22222222')
  })

  test.each([
    ['k7qm 2xpa', 'K7QM2XPA'],
    ['K7QM-2XPA', 'K7QM2XPA'],
    [' k7qm2xpa ', 'K7QM2XPA'],
  ])('%j is found as %s', (typed, stored) => {
    expect(normalizeCode(typed)).toBe(stored)
  })

  test('tickets are numbered from 1', () => {
    expect(ticketNumber('K7QM2XPA', 0)).toBe('K7QM2XPA-1')
  })
})
