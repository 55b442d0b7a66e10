import { expect, test } from 'vitest'
import { fill, namesIn } from './fill.ts'

test.each([
  ['{a}-{b}', { a: '1', b: '2' }, '1-2'],
  ['x[ bus {a}]', { a: 'RAC' }, 'x bus RAC'],
  ['x[ bus {a}]', { a: '' }, 'x'],
  ['x[ {a} {b}].', { a: '1', b: '' }, 'x.'],
  ['{a}', { a: '{b} [c]' }, '{b} [c]'],
  ['{a}', { a: '$& $1' }, '$& $1'],
  ['no names', {}, 'no names'],
])('"%s" with %o is "%s"', (text, values, filled) => {
  expect(fill(text, values)).toBe(filled)
})

test('a value that is missing is a fault, not a hole', () => {
  expect(() => fill('{a}', {})).toThrow(RangeError)
  expect(namesIn('{a}[ {b}] {a}')).toEqual(['a', 'b', 'a'])
})
