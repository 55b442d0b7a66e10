import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { derivedUuid, isUuid, newUuidV7, uuidTime, uuidV7Generator } from './index.ts'

const noon = Date.parse('2026-11-20T12:00:00Z')

describe('new ids (RFC 9562, version 7)', () => {
  test('an id has the form, version and variant of the standard, and tells its time', () => {
    const id = newUuidV7(noon)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(isUuid(id)).toBe(true)
    expect(uuidTime(id)).toEqual(new Date(noon))
  })

  test('ids of one millisecond keep the order they were made in, also past the counter', () => {
    const next = uuidV7Generator()
    const ids = Array.from({ length: 10_000 }, () => next(noon))
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('ids stay in order when the clock is corrected backwards', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 2, maxLength: 50 }), (offsets) => {
        const next = uuidV7Generator()
        const ids = offsets.map((offset) => next(noon + offset))
        expect(ids).toEqual(ids.toSorted())
      }),
    )
  })

  test('a clock that stands in another year is followed', () => {
    const next = uuidV7Generator()
    next(noon)
    expect(uuidTime(next(noon - 86_400_000))).toEqual(new Date(noon - 86_400_000))
  })

  test.each(['', 'x', '2ed6657d-e927-568b-95e1-2665a8aea6a2'])('"%s" has no time', (text) => {
    expect(() => uuidTime(text)).toThrow(RangeError)
  })
})

describe('derived ids (RFC 9562, version 5)', () => {
  const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'

  test('the example of the standard', () => {
    expect(derivedUuid(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
  })

  test('one name has one id, two names have two', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        (a, b) => void expect(derivedUuid(dns, a) === derivedUuid(dns, b)).toBe(a === b),
      ),
    )
  })

  test('a namespace that is no UUID is refused', () => {
    expect(() => derivedUuid('refund', 'x')).toThrow(RangeError)
  })
})
