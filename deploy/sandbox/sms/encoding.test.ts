import { expect, test } from 'vitest'
import { encodingOf } from './encoding.ts'

test.each([
  ['Murakoze! Itike yawe: BK1A2B', 'GSM-7', 1],
  ['', 'GSM-7', 1],
  ['a'.repeat(160), 'GSM-7', 1],
  ['a'.repeat(161), 'GSM-7', 2],
  ['a'.repeat(306), 'GSM-7', 2],
  ['a'.repeat(307), 'GSM-7', 3],
  ['€'.repeat(80), 'GSM-7', 1],
  ['€'.repeat(81), 'GSM-7', 2], // two septets each
  [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 'GSM-7', 3], // the pair does not fit behind 152
  ['Murakoze n’ijoro ryiza', 'UCS-2', 1],
  ['ç'.repeat(70), 'UCS-2', 1],
  ['ç'.repeat(71), 'UCS-2', 2],
  ['😀'.repeat(35), 'UCS-2', 1],
  [`${'ç'.repeat(66)}😀${'ç'.repeat(66)}`, 'UCS-2', 3], // the surrogate pair does not fit behind 66
])('%j travels as %s in %d', (text, encoding, segments) => {
  expect(encodingOf(text)).toEqual({ encoding, segments })
})
