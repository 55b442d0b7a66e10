import { describe, expect, test } from 'vitest'
import { money } from '#kit'
import { type Claim, judgeCharge, type KnownAttempt, wrongMoney } from './callback.ts'

const now = new Date('2026-11-20T06:10:00Z')
const paid: Claim = {
  about: 'CHARGE',
  references: ['ws_CO_1'],
  success: true,
  code: '0',
  receipt: 'UKK7RT61SV',
  amount: '4500.00',
  currency: '',
}
const declined: Claim = { ...paid, success: false, code: '1032', receipt: '', amount: '' }
const pending: KnownAttempt = {
  state: 'PENDING',
  requestReference: 'ws_CO_1',
  receipt: null,
  amount: money('RWF', 4500),
  settleTime: null,
}
const settled: KnownAttempt = { ...pending, state: 'SUCCEEDED', receipt: 'UKK7RT61SV', settleTime: now }
const failed: KnownAttempt = { ...pending, state: 'FAILED', settleTime: now }
const longAgo = new Date('2026-11-20T05:00:00Z')

const cases: [string, Claim, KnownAttempt, string][] = [
  ['success is asked about', paid, pending, 'ASK'],
  ['failure is asked about', declined, pending, 'ASK'],
  ['the request may not be known yet', paid, { ...pending, state: 'CREATED', requestReference: null }, 'ASK'],
  ['success after a failure is asked about', paid, failed, 'ASK'],
  ['another request', { ...paid, references: ['ws_CO_2'] }, pending, 'REFERENCE_MISMATCH'],
  ['another amount', { ...paid, amount: '1.00' }, pending, 'AMOUNT_MISMATCH'],
  ['part of a franc more', { ...paid, amount: '4500.50' }, pending, 'AMOUNT_MISMATCH'],
  ['an amount that is none', { ...paid, amount: '4,500' }, pending, 'AMOUNT_MISMATCH'],
  ['another currency', { ...paid, currency: 'KES' }, pending, 'CURRENCY_MISMATCH'],
  ['a repeat of a success', paid, settled, 'IGNORE'],
  ['a repeat of a failure', declined, failed, 'IGNORE'],
  ['the receipt of what a query settled', paid, { ...settled, receipt: null }, 'LEARN_RECEIPT'],
  ['another receipt', { ...paid, receipt: 'UKK0000000' }, settled, 'REFERENCE_MISMATCH'],
  ['failure of what is settled', declined, settled, 'CALLBACK_CONTRADICTED'],
  ['a repeat after an hour', paid, { ...settled, settleTime: longAgo }, 'CALLBACK_REPLAYED'],
  ['a repeated failure after an hour', declined, { ...failed, settleTime: longAgo }, 'CALLBACK_REPLAYED'],
]

describe('a callback about a charge', () => {
  test.each(cases)('%s', (_, claim, attempt, expected) => {
    const judgement = judgeCharge(claim, attempt, now)
    expect(judgement.act === 'ALERT' ? judgement.kind : judgement.act).toBe(expected)
  })

  test('shillings are compared to the cent', () => {
    expect(wrongMoney({ ...paid, amount: '500' }, money('KES', 50_000))).toBeUndefined()
    expect(wrongMoney({ ...paid, amount: '500.01' }, money('KES', 50_000))).toMatchObject({ kind: 'AMOUNT_MISMATCH' })
  })
})
