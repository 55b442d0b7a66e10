import { describe, expect, test } from 'vitest'
import { sizeOf, softenForSms } from './gsm7.ts'

test.each([
  ['', true, 1],
  ['a'.repeat(160), true, 1],
  ['a'.repeat(161), true, 2],
  ['a'.repeat(306), true, 2],
  ['a'.repeat(307), true, 3],
  ['€'.repeat(80), true, 1],
  ['€'.repeat(81), true, 2],
  ['€'.repeat(153), true, 3], // 76 fit a part: an escape is not split from its character
  ['èéùìòÇàÄÖÑÜ'.repeat(14), true, 1],
  ['ç', false, 1],
  ['ç'.repeat(70), false, 1],
  ['ç'.repeat(71), false, 2],
  ['🚌'.repeat(35), false, 1],
  ['🚌'.repeat(36), false, 2],
  ['🚌'.repeat(67), false, 3], // 33 fit a part: a surrogate pair is not split
])('"%.12s…" takes GSM-7: %s, parts: %d', (text, isGsm7, segments) => {
  expect(sizeOf(text)).toEqual({ isGsm7, segments })
})

describe('a text message is written in the letters that phones have', () => {
  test.each([
    ['août, français, hôtel, Noël, œuvre', 'aout, francais, hotel, Noel, oeuvre'],
    ['l’été «à» Musanze…', 'l\'été "à" Musanze...'],
    ['Siège 3B à 08:00', 'Siège 3B à 08:00'],
    ['4\u202f500\u00a0RWF', '4 500 RWF'],
    ['Murakoze n’ijoro ryiza', "Murakoze n'ijoro ryiza"],
  ])('"%s" is sent as "%s"', (text, sent) => {
    expect(softenForSms(text)).toBe(sent)
    expect(sizeOf(softenForSms(text)).isGsm7).toBe(true)
  })

  test('another script stays as it is', () => {
    expect(softenForSms('ኪጋሊ 🚌')).toBe('ኪጋሊ 🚌')
  })
})
