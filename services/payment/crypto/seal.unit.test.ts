import { describe, expect, test } from 'vitest'
import { isSealed, keyringFrom } from './seal.ts'

const KEY = 'the key of the columns, thirty-two'
const ring = keyringFrom(KEY, [])

describe('sealed columns [S3-140]', () => {
  test.each(['+250788100007', 'UKK7RT61SV', 'somebody@example.com', 'é'])(
    '%s is what was sealed, and not to be read',
    (text) => {
      for (const use of ['number', 'reference'] as const) {
        const sealed = ring.seal(use, text)
        expect(sealed).not.toContain(text)
        expect(isSealed(sealed)).toBe(true)
        expect(ring.open(use, sealed)).toBe(text)
      }
    },
  )

  test('a reference is always sealed alike, so that it can be looked for; a number never', () => {
    expect(ring.seal('reference', 'UKK7RT61SV')).toBe(ring.seal('reference', 'UKK7RT61SV'))
    expect(ring.seal('reference', 'UKK7RT61SV')).not.toBe(ring.seal('reference', 'UKK7RT61SW'))
    expect(ring.seal('number', '+250788100007')).not.toBe(ring.seal('number', '+250788100007'))
  })

  test('bytes are what was sealed, and not to be read', () => {
    const body = Buffer.from('{"PhoneNumber":250788100007}')
    const sealed = ring.sealBytes(body)
    expect(sealed.includes('250788100007')).toBe(false)
    expect(ring.openBytes(sealed)).toEqual(body)
  })

  test('what was never sealed is what it is, and nothing stays nothing', () => {
    expect(ring.open('number', '+250788100007')).toBe('+250788100007')
    expect(ring.openBytes(Buffer.from('{}'))).toEqual(Buffer.from('{}'))
    expect(ring.seal('reference', '')).toBe('')
  })

  test('after a change of PAYMENT_KEY the former one still opens', () => {
    const next = keyringFrom('the key that comes after it', [KEY])
    expect(next.open('number', ring.seal('number', '+250788100007'))).toBe('+250788100007')
    expect(next.keyId).not.toBe(ring.keyId)
    const without = keyringFrom('the key that comes after it', [])
    expect(() => without.open('number', ring.seal('number', '1'))).toThrow('PAYMENT_KEY_FORMER')
    expect(() => without.openBytes(ring.sealBytes(Buffer.from('1')))).toThrow('PAYMENT_KEY_FORMER')
  })

  test('what was changed does not open, nor a receipt as a number', () => {
    const sealed = ring.seal('reference', 'UKK7RT61SV')
    const changed = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`
    expect(() => ring.open('reference', changed)).toThrow()
    expect(() => ring.open('number', sealed)).toThrow()
  })

  test('a short PAYMENT_KEY is refused', () => {
    expect(() => keyringFrom('short', [])).toThrow(RangeError)
  })
})
