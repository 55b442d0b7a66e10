import fc from 'fast-check'
import { expect, test } from 'vitest'
import { money } from '#kit'
import { anAdult } from './pricing.ts'
import { type HeldQuote, sealQuote, unsealQuote } from './quote_token.ts'

const secret = Buffer.alloc(32, 7)
const quote: HeldQuote = {
  ...{ tripId: 'trip', fromSequence: 0, toSequence: 3, currency: 'RWF', channel: 'WEB', promotionCode: 'NOEL' },
  expireTime: new Date('2026-11-20T08:15:00Z'),
  levels: { STANDARD: { code: 'saver', protectedPercent: 40 } },
  seats: [
    {
      ...{ label: '3A', seatClass: 'STANDARD', traveller: anAdult },
      priceLines: [{ kind: 'BASE', code: '', name: '', amount: money('RWF', 3_000) }],
    },
  ],
}

test('a sealed price is read back as it was', () => {
  expect(unsealQuote(sealQuote(quote, secret), secret)).toEqual(quote)
})

test('nobody makes or changes a token without the secret', () => {
  const token = sealQuote(quote, secret)
  expect(unsealQuote(sealQuote(quote, Buffer.alloc(32, 8)), secret)).toBeUndefined()
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom('A', 'z', '0', '.', '_'), (at, letter) => {
      fc.pre(token[at] !== letter)
      const forged = token.slice(0, at) + letter + token.slice(at + 1)
      // The last letter of base64url may hold bits that mean nothing.
      if (at !== token.length - 1) expect(unsealQuote(forged, secret)).toBeUndefined()
    }),
  )
  for (const text of ['', '.', 'a.b.c', `${token}.`, token.slice(1)]) expect(unsealQuote(text, secret)).toBeUndefined()
})
