import { expect, test } from 'vitest'
import { Spending } from './budget.ts'

const budget = { perSecond: 10, burst: 3 }

test('a burst is let through, a flood is not, and patience is rewarded', () => {
  const spending = new Spending(budget, 0)
  const taken = [0, 0, 0, 0, 99, 100, 100].map((ms) => spending.take(budget, ms))
  expect(taken).toEqual([true, true, true, false, false, true, false])
})

test('silence saves no more than a burst', () => {
  const spending = new Spending(budget, 0)
  const taken = Array.from({ length: 5 }, () => spending.take(budget, 3_600_000))
  expect(taken).toEqual([true, true, true, false, false])
})
