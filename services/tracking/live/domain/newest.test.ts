import { expect, test } from 'vitest'
import { NewestTable } from './newest.ts'

function table() {
  let order = 0
  return new NewestTable<string>(() => ++order)
}

test('an older position never replaces a newer one, nor the same one itself', () => {
  const newest = table()
  expect([newest.offer('b', 10, 'x'), newest.offer('b', 9, 'y'), newest.offer('b', 10, 'z')]).toEqual([
    true,
    false,
    false,
  ])
  expect(newest.since(0)).toEqual(['x'])
})

test('who fell behind is told the newest of each bus that he missed, in order', () => {
  const newest = table()
  newest.offer('a', 1, 'a1')
  newest.offer('b', 1, 'b1')
  newest.offer('a', 2, 'a2')
  newest.offer('c', 1, 'c1')
  newest.offer('a', 3, 'a3')
  expect(newest.after(2).map(({ value }) => value)).toEqual(['c1', 'a3'])
  expect(newest.after(5)).toEqual([])
})

test('a bus that has said nothing for long is forgotten', () => {
  const newest = table()
  newest.offer('a', 1_000, 'a')
  newest.offer('b', 2_000, 'b')
  expect(newest.since(1_500)).toEqual(['b'])
  newest.forgetBefore(1_500)
  expect(newest.since(0)).toEqual(['b'])
})
