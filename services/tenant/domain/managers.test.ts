import { expect, test } from 'vitest'
import { isLastManager } from './managers.ts'

const company = [
  { userId: 'alice', role: 'manager' },
  { userId: 'alice', role: 'agent' },
  { userId: 'bob', role: 'driver' },
]

test.each([
  ['the only manager', company, 'alice', true],
  ['somebody who is no manager', company, 'bob', false],
  ['one manager of two', [...company, { userId: 'bob', role: 'manager' }], 'alice', false],
  ['a stranger', company, 'carol', false],
])('%s: is the last manager: %s', (_who, held, userId, isLast) => {
  expect(isLastManager(held, userId)).toBe(isLast)
})
