import { expect, test } from 'vitest'
import { maskRecipient } from './masking.ts'

test.each([
  ['+250788123456', '+2507•••••56'],
  ['alice@example.rw', 'a•••@example.rw'],
  ['"a@b"@example.rw', '"•••@example.rw'],
  ['123', '•••'],
  ['', '•••'],
])('%s is shown as %s', (recipient, masked) => {
  expect(maskRecipient(recipient)).toBe(masked)
})
