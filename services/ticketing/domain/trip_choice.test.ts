import { expect, test } from 'vitest'
import { choiceDeadline } from './trip_choice.ts'

test.each([
  ['the next trip leaves tomorrow', '2026-11-22T08:00:00Z', '2026-11-21T10:00:00Z'],
  ['it leaves before the time is over', '2026-11-20T15:00:00Z', '2026-11-20T15:00:00Z'],
  ['it leaves in ten minutes', '2026-11-20T10:10:00Z', '2026-11-20T10:10:00Z'],
  ['it leaves in nine', '2026-11-20T10:09:00Z', undefined],
  ['it has left', '2026-11-20T09:00:00Z', undefined],
])('a choice at ten with a day to think, when %s', (_, saleEnd, deadline) => {
  const at = choiceDeadline(new Date('2026-11-20T10:00:00Z'), new Date(saleEnd), 24)
  expect(at).toEqual(deadline === undefined ? undefined : new Date(deadline))
})
