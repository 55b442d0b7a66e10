import { describe, expect, test } from 'vitest'
import { addressReader, isLoopback, limitScope } from './address.ts'

describe('the address of the client', () => {
  test.each([
    ['nobody is trusted', [], '10.0.0.1', '203.0.113.9', '10.0.0.1'],
    ['a trusted proxy says who called it', ['10.0.0.0/8'], '10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['what the client claims stands before it', ['10.0.0.0/8'], '10.0.0.1', '1.2.3.4, 203.0.113.9', '203.0.113.9'],
    ['two proxies in a row', ['10.0.0.0/8'], '10.0.0.1', '203.0.113.9, 10.2.3.4', '203.0.113.9'],
    ['a stranger cannot name another', ['10.0.0.0/8'], '203.0.113.9', '1.2.3.4', '203.0.113.9'],
    ['a proxy that says nothing', ['10.0.0.0/8'], '10.0.0.1', undefined, '10.0.0.1'],
    ['a proxy that says nonsense', ['10.0.0.1'], '10.0.0.1', 'unknown', '10.0.0.1'],
    ['IPv4 mapped into IPv6', ['10.0.0.1'], '::ffff:10.0.0.1', '::ffff:203.0.113.9', '203.0.113.9'],
    ['IPv6', ['fd00::/8'], 'fd00::1', '2001:DB8::5', '2001:db8::5'],
  ])('%s', (_, trusted, connection, forwarded, expected) => {
    expect(addressReader(trusted)(connection, forwarded)).toBe(expected)
  })

  test.each(['x', '10.0.0.0/y', '10.0.0.0.0'])('"%s" is no proxy', (entry) => {
    expect(() => addressReader([entry])).toThrow(RangeError)
  })
})

test('limits count an IPv4 address, or the /64 that a site gets of IPv6', () => {
  expect(limitScope('203.0.113.9')).toBe('203.0.113.9')
  expect(limitScope('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
  expect(limitScope('2001:db8::6')).toBe('2001:db8:0:0::/64')
  expect(limitScope('::1')).toBe('0:0:0:0::/64')
  expect(limitScope('2001:db8:1:2::5')).toBe(limitScope('2001:db8:1:2:ffff::9'))
})

test('the machine itself is told from others', () => {
  expect([isLoopback('127.0.0.1'), isLoopback('::1'), isLoopback('128.0.0.1')]).toEqual([true, true, false])
})
