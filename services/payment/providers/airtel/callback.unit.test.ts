import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCallback } from './callback.ts'
import { labelOf } from './label.ts'
import { airtelIdOf, uuidOf } from './reference.ts'

const transaction = { id: 'BK1A2B3C', message: 'Paid RWF 1,500', status_code: 'TS', airtel_money_id: 'MP2106.L06941' }
const read = (body: unknown, key?: string) =>
  parseCallback(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), key)
const hashOf = (data: unknown) => createHmac('sha256', 'key').update(JSON.stringify(data)).digest('base64')

describe('Airtel callbacks [S4-24]', () => {
  test('a payment names its receipt and no amount', () => {
    expect(read({ transaction })).toEqual({
      about: 'CHARGE',
      references: ['BK1A2B3C'],
      success: true,
      code: 'TS',
      receipt: 'MP2106.L06941',
      amount: '',
      currency: '',
    })
    expect(read({ transaction: { id: 'BK1A2B3C', status_code: 'TF' } })).toMatchObject({ success: false, receipt: '' })
  })

  test('with a key only what was hashed with it is read, whichever bytes Airtel hashed', () => {
    expect(read({ transaction, hash: hashOf({ transaction }) }, 'key')).toMatchObject({ success: true })
    expect(read({ transaction, hash: hashOf(transaction) }, 'key')).toMatchObject({ success: true })
    for (const hash of [hashOf({ transaction: { ...transaction, id: 'OTHER' } }), 'Zm9yZ2Vk', '', undefined, 7]) {
      expect(() => read({ transaction, hash }, 'key')).toThrow('hash')
    }
  })

  test.each(['', 'not json', '[]', '{}', '{"transaction":{}}', '{"transaction":{"id":"x"}}'])(
    'what is no callback is refused: %s',
    (text) => {
      expect(() => read(text)).toThrow(RangeError)
    },
  )
})

test('an id for Airtel has 25 letters and digits and leads back to ours; another leads nowhere', () => {
  fc.assert(
    fc.property(fc.uuid(), (uuid) => {
      expect(airtelIdOf(uuid)).toMatch(/^[0-9A-Z]{25}$/)
      expect(uuidOf(airtelIdOf(uuid))).toBe(uuid)
    }),
  )
  for (const other of ['', 'BK1A2B3C', 'Z'.repeat(25), 'a'.repeat(25)]) expect(uuidOf(other)).toBeUndefined()
})

test('what Airtel shows is plain, long enough and not too long', () => {
  expect(labelOf('trip cancelled – O’Brien')).toBe('trip cancelled OBrien')
  expect(labelOf('é')).toBe('e000')
  expect(labelOf('x'.repeat(100))).toHaveLength(64)
})
