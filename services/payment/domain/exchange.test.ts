import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { money } from '#kit'
import { appliedRate, convert, type ExchangeRate, isHonoured, shareOf } from './exchange.ts'

const createTime = new Date('2026-11-20T06:00:00Z')
const rate: ExchangeRate = {
  exchangeRateId: 'a',
  from: 'RWF',
  to: 'USD',
  rate: '0.0007',
  marginBasisPoints: 200,
  createTime,
  expireTime: new Date('2026-11-21T06:00:00Z'),
}
const at = (time: string) => new Date(`2026-11-20T${time}Z`)

describe('conversion', () => {
  test.each([
    ['francs to cents, margin included, up to the cent', rate, money('RWF', 4500), 322n], // 3.213
    ['what is even stays even', { ...rate, marginBasisPoints: 0 }, money('RWF', 10_000), 700n],
    ['the smallest amount costs a cent', rate, money('RWF', 1), 1n],
    ['shillings have cents', { ...rate, from: 'KES', rate: '0.0077' }, money('KES', 125_050), 983n], // 9.8214…
    ['into a currency without cents', { ...rate, to: 'UGX', rate: '2.5', marginBasisPoints: 0 }, money('RWF', 3), 8n],
  ] as const)('%s', (_, by, amount, expected) => {
    expect(convert(amount, by)).toEqual(money(by.to, expected))
  })

  test('a rate is for its own currency', () => {
    expect(() => convert(money('KES', 100), rate)).toThrow(RangeError)
  })

  test('the rate that is shown has the margin in it', () => {
    expect(appliedRate(rate)).toBe('0.0007140000')
    expect(appliedRate({ ...rate, rate: '132.5', marginBasisPoints: 0 })).toBe('132.5000000000')
  })

  const newer = { ...rate, exchangeRateId: 'b', createTime: at('08:00:00') }
  test.each([
    ['the newest', rate, rate, at('08:00:00'), true],
    ['one that was replaced just now', rate, newer, at('08:14:59'), true],
    ['one that was replaced a quarter of an hour ago', rate, newer, at('08:15:00'), false],
    ['one that has run out', { ...rate, expireTime: at('07:00:00') }, rate, at('07:00:00'), false],
  ] as const)('%s is honoured or not', (_, seen, newest, now, honoured) => {
    expect(isHonoured(seen, newest, now)).toBe(honoured)
  })
})

describe('the share of a refund', () => {
  test('refunds in any parts come to exactly what was taken, and never to more on the way', () => {
    const parts = fc.array(fc.bigInt(1n, 100_000n), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(parts, fc.bigInt(1n, 10_000_000n), (amounts, taken) => {
        const amount = money(
          'RWF',
          amounts.reduce((sum, part) => sum + part, 0n),
        )
        const paid = { amount, provider: money('USD', taken) }
        let [given, returned] = [0n, 0n]
        for (const part of amounts) {
          const earlier = { amount: money('RWF', given), provider: money('USD', returned) }
          const share = shareOf(paid, earlier, money('RWF', part))
          expect(share.minor).toBeGreaterThanOrEqual(0n)
          given += part
          returned += share.minor
          expect(returned).toBeLessThanOrEqual(taken)
        }
        expect(returned).toBe(taken)
      }),
    )
  })
})
