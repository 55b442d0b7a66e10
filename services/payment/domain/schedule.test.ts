import { expect, test } from 'vitest'
import { queryDelaySeconds, secondsAfter, sendDelaySeconds } from './schedule.ts'

test('a provider is asked after ten seconds, then ever less often, and never given up [S3-57]', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 1000].map(queryDelaySeconds)).toEqual([10, 20, 40, 80, 160, 320, 600, 600, 600])
})

test('what certainly did not arrive is sent again soon, then ever less often [S3-62]', () => {
  expect([1, 2, 3, 4, 8, 9, 1000].map(sendDelaySeconds)).toEqual([2, 4, 8, 16, 256, 300, 300])
})

test('a later instant is later by so many seconds', () => {
  expect(secondsAfter(new Date('2026-11-20T06:00:00Z'), 90)).toEqual(new Date('2026-11-20T06:01:30Z'))
})
