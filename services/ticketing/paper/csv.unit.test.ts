import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'

test.each([
  ['Aline', 'Aline'],
  ['Uwase, Aline', '"Uwase, Aline"'],
  ['the "boss"', '"the ""boss"""'],
  ['two\nlines', '"two\nlines"'],
  ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
  ['+250788123456', '+250788123456'],
  ['+2507•••••56', '+2507•••••56'],
  ['-1', "'-1"],
  ['', ''],
])('%j stands in a file as %s, and is no formula', (text, written) => {
  expect(csvOf([[text, 'x']])).toBe(`${written},x\r\n`)
})
