import { expect, test } from 'vitest'
import { isPublicAddress, privateLiteral } from './public_address.ts'

test.each([
  ['127.0.0.1', false],
  ['10.1.2.3', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['8.8.8.8', true],
  ['::1', false],
  ['::', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:8.8.8.8', true],
  ['fe80::1', false],
  ['fd00::1', false],
  ['2606:4700::1111', true],
  ['no address', false],
])('%s is of the public network: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected)
})

test('a host that is written as an address is judged without being looked up', () => {
  expect(privateLiteral('[::1]')).toBeDefined()
  expect(privateLiteral('127.0.0.1')).toBeDefined()
  expect(privateLiteral('8.8.8.8')).toBeUndefined()
  expect(privateLiteral('example.org')).toBeUndefined()
})
