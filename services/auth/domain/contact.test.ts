import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emailContact, phoneContact } from './contact.ts'

test.each(['+250788123456', '+250722123456', '+250732123456', '+254711000111', '+254110000111'])(
  '%s is a phone number to sign up with [S3-36]',
  (phone) => {
    expect(phoneContact(phone)).toEqual({ kind: 'PHONE', value: phone })
  },
)

test.each([
  '0788123456',
  '788123456',
  '+25078812345',
  '+2507881234567',
  '+250488123456',
  '+250788 12345x',
  '+15551234567',
  '+250',
  '',
])('"%s" is no phone number to sign up with [S3-36]', (text) => {
  expect(() => phoneContact(text)).toThrow(RangeError)
})

test.each([
  ['Alice@Example.RW', 'alice@example.rw'],
  ['  bob+tms@mail.example.co.ke ', 'bob+tms@mail.example.co.ke'],
])('%s is kept as %s', (text, value) => {
  expect(emailContact(text)).toEqual({ kind: 'EMAIL', value })
})

test.each([
  'alice',
  'alice@',
  '@example.rw',
  'a b@example.rw',
  'a@b@example.rw',
  'alice@localhost',
  `${'a'.repeat(65)}@x.rw`,
])('%s is no e-mail address', (text) => {
  expect(() => emailContact(text)).toThrow(RangeError)
})

test('an address that was read is read again as itself', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (text) => {
      const { value } = emailContact(text)
      expect(emailContact(value).value).toBe(value)
    }),
  )
})
