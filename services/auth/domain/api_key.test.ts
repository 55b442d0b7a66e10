import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatApiKey, parseApiKey } from './api_key.ts'

const letters = (alphabet: string, length: number) =>
  fc.array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length }).map((all) => all.join(''))

test('a key is read back as it was made', () => {
  const secret = letters('abcXYZ019_-', 43)
  fc.assert(
    fc.property(letters('abcxyz019', 12), secret, (prefix, part) => {
      const parts = { prefix, secret: part }
      expect(parseApiKey(formatApiKey(parts))).toEqual(parts)
    }),
  )
})

test('anything else is no key', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseApiKey(text)).toBeUndefined()
      expect(parseApiKey(`tms_${text}`)).toBeUndefined()
    }),
  )
})
