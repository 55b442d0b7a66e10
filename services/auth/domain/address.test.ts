import { expect, test } from 'vitest'
import { addressScope } from './address.ts'

test.each([
  ['41.186.78.9', '41.186.78.9'],
  ['2c0f:fe08:1:2:aaaa:bbbb:cccc:dddd', '2c0f:fe08:1:2::/64'],
  ['2C0F:FE08:1:2::7', '2c0f:fe08:1:2::/64'],
  ['2c0f::7', '2c0f:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('guesses from %s count against %s', (address, scope) => {
  expect(addressScope(address)).toBe(scope)
})
