import { expect, test } from 'vitest'
import { mayHaveWallet, proposedProvider } from './wallet.ts'

test.each([
  ['+250788123456', 'mtn'],
  ['+250791234567', 'mtn'],
  ['+250720123456', 'airtel'],
  ['+250731234567', 'airtel'],
  ['+250771234567', undefined],
  ['+254712345678', 'mpesa'],
  ['+254733123456', 'airtel'],
])('%s is asked by %s first [S3-36]', (phone, provider) => {
  expect(proposedProvider(phone)).toBe(provider)
})

test.each([
  ['+250788123456', 'mtn', true],
  ['+250788123456', 'airtel', false],
  ['+250731234567', 'mtn', false],
  ['+250731234567', 'airtel', true],
  ['+250771234567', 'mtn', false],
  // A Kenyan number may have moved to Airtel with its Safaricom prefix.
  ['+254712345678', 'airtel', true],
])('%s can have a wallet of %s: %s', (phone, provider, possible) => {
  expect(mayHaveWallet(phone, provider)).toBe(possible)
})

test('what is no mobile number has no wallet', () => {
  expect(() => mayHaveWallet('+33612345678', 'mtn')).toThrow(RangeError)
})
