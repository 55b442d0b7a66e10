import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalPassword, isTooCommon } from './password.ts'

const alice = ['+250788123456', 'alice@example.rw', 'Alice Uwase']

test.each([
  'short1!',
  'password',
  'Password2026!',
  '12345678',
  '9876543210',
  'aaaaaaaa',
  'abababab',
  'qwertyuiop',
  'abcdefgh',
  'amahoro123',
  'Rwanda1994',
  'jesus12345',
  '0788123456',
  '250788123456',
  'alice@example.rw',
  'alice1990',
  'Alice Uwase1',
])('"%s" is refused as a password of Alice [S4-14]', (password) => {
  expect(isTooCommon(password, alice)).toBe(true)
})

test.each([
  'correct horse battery',
  'Umusozi-w-i-7-ingagi',
  'tVx9#kdLq2',
  'マウンテンゴリラは山に住む',
  'bob likes coaches',
])('"%s" is taken as a password of Alice', (password) => {
  expect(isTooCommon(password, alice)).toBe(false)
})

test('a password is the same however its accents were composed', () => {
  expect(canonicalPassword('cafe\u0301 au lait')).toBe(canonicalPassword('caf\u00e9 au lait'))
})

test('sixteen random letters and digits are never too common', () => {
  const alphabet = fc.constantFrom(...'bcdfghjklmnpqrstvwxz2346789')
  fc.assert(
    fc.property(fc.array(alphabet, { minLength: 16, maxLength: 16 }), (letters) => {
      fc.pre(new Set(letters).size > 7)
      expect(isTooCommon(letters.join(''), alice)).toBe(false)
    }),
  )
})
