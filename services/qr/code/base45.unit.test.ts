import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase45, encodeBase45 } from './base45.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)

test.each([
  ['AB', 'BB8'],
  ['Hello!!', '%69 VD92EX0'],
  ['base-45', 'UJCLQE7W581'],
  ['ietf!', 'QED8WEX0'],
  ['', ''],
])('"%s" is "%s", as RFC 9285 says', (plain, text) => {
  expect(encodeBase45(utf8(plain))).toBe(text)
  expect(decodeBase45(text)).toEqual(utf8(plain))
})

test.each(['A', 'ABCD', 'GGW', ':::', '::', 'abc', 'A\u00e9B', 'AB\u{1f600}', 'A\u0000B'])(
  '"%s" is refused',
  (text) => {
    expect(decodeBase45(text)).toBeUndefined()
  },
)

test('all bytes come back, and each text that can be read is the only one for its bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = encodeBase45(bytes)
      expect(decodeBase45(text)).toEqual(new Uint8Array(bytes))
      expect(text.trimEnd()).toBe(text)
    }),
  )
  const character = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:')
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 12 }), (text) => {
      const bytes = decodeBase45(text)
      if (bytes) expect(encodeBase45(bytes)).toBe(text)
    }),
  )
})
