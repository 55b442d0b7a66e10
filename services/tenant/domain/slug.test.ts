import { expect, test } from 'vitest'
import { isReserved } from './slug.ts'

test.each([
  ['admin', true],
  ['www', true],
  ['volcano-express', false],
])('the slug %s is reserved: %s', (slug, reserved) => {
  expect(isReserved(slug)).toBe(reserved)
})
