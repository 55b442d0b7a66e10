import { expect, test } from 'vitest'
import { parseCallback } from './callback.ts'
import { referenceOf } from './reference.ts'

const read = (body: unknown) => parseCallback(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
const fields = { externalId: 'ref', amount: '1500', currency: 'RWF', payer: { partyIdType: 'MSISDN', partyId: '1' } }

test('a payment, a refusal with its reason as text, and one with its reason as object [S4-24]', () => {
  expect(read({ ...fields, financialTransactionId: '1195582132', status: 'SUCCESSFUL' })).toEqual({
    about: 'CHARGE',
    references: ['ref'],
    success: true,
    code: 'SUCCESSFUL',
    receipt: '1195582132',
    amount: '1500',
    currency: 'RWF',
  })
  const refused = { success: false, code: 'APPROVAL_REJECTED', receipt: '' }
  expect(read({ ...fields, status: 'FAILED', reason: 'APPROVAL_REJECTED' })).toMatchObject(refused)
  expect(read({ ...fields, status: 'FAILED', reason: { code: 'APPROVAL_REJECTED' } })).toMatchObject(refused)
})

test.each(['', 'not json', '[]', '{}', '{"status":"SUCCESSFUL"}', '{"externalId":"ref"}'])(
  'what is no callback is refused: %s',
  (text) => {
    expect(() => read(text)).toThrow(RangeError)
  },
)

test('a reference id is a version 4 UUID, the same for the same thing and for no other', () => {
  const id = '0190f000-0000-7000-8000-00000000c0de'
  const reference = referenceOf('charge', id)
  expect(reference).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(referenceOf('charge', id)).toBe(reference)
  expect(referenceOf('refund', id)).not.toBe(reference)
})
