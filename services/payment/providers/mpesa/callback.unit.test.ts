import { describe, expect, test } from 'vitest'
import { parseCallback } from './callback.ts'

const read = (text: string) => parseCallback(Buffer.from(text))

/** As printed in the Daraja documentation: `Balance` without value, numbers beyond 32 bits. */
const PAID =
  '{"Body":{"stkCallback":{"MerchantRequestID":"29115-34620561-1","CheckoutRequestID":"ws_CO_191220191020363925","ResultCode":0,"ResultDesc":"The service request is processed successfully.","CallbackMetadata":{"Item":[{"Name":"Amount","Value":1.00},{"Name":"MpesaReceiptNumber","Value":"NLJ7RT61SV"},{"Name":"Balance"},{"Name":"TransactionDate","Value":20191219102115},{"Name":"PhoneNumber","Value":254708374149}]}}}}'
const DECLINED =
  '{"Body":{"stkCallback":{"MerchantRequestID":"29115-34620561-1","CheckoutRequestID":"ws_CO_191220191020363925","ResultCode":1032,"ResultDesc":"[STK_CB - ]Request cancelled by user"}}}'
const PAID_OUT =
  '{"Result":{"ResultType":0,"ResultCode":0,"ResultDesc":"The service request is processed successfully.","OriginatorConversationID":"53e3-1","ConversationID":"AG_20240706_2010364430d9bbdaf872","TransactionID":"SG632NMUAB","ResultParameters":{"ResultParameter":[{"Key":"TransactionAmount","Value":10},{"Key":"TransactionReceipt","Value":"SG632NMUAB"}]},"ReferenceData":{"ReferenceItem":{"Key":"QueueTimeoutURL","Value":"https://internalsandbox.safaricom.co.ke/mpesa/b2cresults/v1/submit"}}}}'

describe('Daraja callbacks, from recorded shapes [S4-24, S4-28]', () => {
  test('a payment', () => {
    expect(read(PAID)).toEqual({
      about: 'CHARGE',
      references: ['ws_CO_191220191020363925'],
      success: true,
      code: '0',
      receipt: 'NLJ7RT61SV',
      amount: '1',
      currency: '',
    })
  })

  test('a payment whose items come in another order, and whose code is text', () => {
    const text =
      '{"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_1","ResultCode":"0","CallbackMetadata":{"Item":[{"Name":"MpesaReceiptNumber","Value":"NLJ7RT61SV"},{"Name":"Amount","Value":"250.00"}]}}}}'
    expect(read(text)).toMatchObject({ success: true, receipt: 'NLJ7RT61SV', amount: '250.00' })
  })

  test('a refusal has no metadata', () => {
    expect(read(DECLINED)).toMatchObject({ about: 'CHARGE', success: false, code: '1032', receipt: '', amount: '' })
  })

  test('a code may have letters', () => {
    const text = '{"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_1","ResultCode":"SFC_IC0003"}}}'
    expect(read(text)).toMatchObject({ success: false, code: 'SFC_IC0003' })
  })

  test('the result of a payout [S4-25]', () => {
    expect(read(PAID_OUT)).toMatchObject({
      about: 'RESULT',
      references: ['AG_20240706_2010364430d9bbdaf872', '53e3-1'],
      success: true,
      receipt: 'SG632NMUAB',
      amount: '10',
    })
  })

  test('a result with one parameter instead of a list, and a key without value', () => {
    const one = (parameter: string) =>
      `{"Result":{"ResultCode":"0","ConversationID":"AG_1","ResultParameters":{"ResultParameter":${parameter}}}}`
    expect(read(one('{"Key":"Amount","Value":"300"}'))).toMatchObject({ success: true, amount: '300' })
    expect(read(one('{"Key":"Amount"}'))).toMatchObject({ success: true, amount: '' })
  })

  test('a status that is not completed is no success, though the question was answered [S4-26]', () => {
    const text =
      '{"Result":{"ResultCode":0,"ConversationID":"AG_1","ResultParameters":{"ResultParameter":[{"Key":"TransactionStatus","Value":"Cancelled"},{"Key":"DebitPartyName","Value":"a"},{"Key":"DebitPartyName","Value":"b"}]}}}'
    expect(read(text)).toMatchObject({ success: false, code: 'Cancelled' })
  })

  test.each([
    '',
    'not json',
    '[]',
    'null',
    '{}',
    '{"Body":{}}',
    '{"Body":{"stkCallback":[]}}',
    '{"Body":{"stkCallback":{"ResultCode":0}}}',
    '{"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_1"}}}',
    '{"Result":{"ResultCode":0}}',
    '{"Result":{"ConversationID":"AG_1"}}',
  ])('what is no callback is refused: %s', (text) => {
    expect(() => read(text)).toThrow(RangeError)
  })
})
