import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keychainFrom } from './keychain.ts'

const key = keychainFrom('a key of this test, long enough', '')

test('what is sealed is opened again, and is not readable in between [S3-140]', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 200 }), fc.string(), (plain, boundTo) => {
      const sealed = key.seal(plain, boundTo)
      expect(sealed.includes(Buffer.from(plain))).toBe(false)
      expect(key.open(sealed, boundTo).equals(plain)).toBe(true)
    }),
  )
})

test('one changed bit, anywhere, and it does not open', () => {
  const sealed = key.seal(Buffer.from('private'), 'kid-1')
  fc.assert(
    fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
      const changed = Buffer.from(sealed)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => key.open(changed, 'kid-1')).toThrow()
    }),
  )
})

test('a secret moved to another row does not open', () => {
  expect(() => key.open(key.seal(Buffer.from('private'), 'kid-1'), 'kid-2')).toThrow()
})

test('after a change of AUTH_KEY the former one still opens, and is told apart [S3-140]', () => {
  const sealed = key.seal(Buffer.from('private'), 'kid-1')
  const next = keychainFrom('the key that comes after it', 'a key of this test, long enough')
  expect(next.open(sealed, 'kid-1').toString()).toBe('private')
  expect(next.isCurrent(sealed)).toBe(false)
  expect(next.isCurrent(next.seal(Buffer.from('private'), 'kid-1'))).toBe(true)
  expect(() => keychainFrom('the key that comes after it', '').open(sealed, 'kid-1')).toThrow('AUTH_KEY_FORMER')
})

test('a refresh token has one successor per salt, of 256 bits', () => {
  const [salt, other] = [randomBytes(32), randomBytes(32)]
  expect(key.successorOf('t', salt)).toBe(key.successorOf('t', salt))
  expect(key.successorOf('t', salt)).not.toBe(key.successorOf('t', other))
  expect(key.successorOf('t', salt)).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(keychainFrom('another key altogether', '').successorOf('t', salt)).not.toBe(key.successorOf('t', salt))
})

test('a short AUTH_KEY is refused', () => {
  expect(() => keychainFrom('short', '')).toThrow(RangeError)
})
