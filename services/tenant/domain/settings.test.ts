import { expect, test } from 'vitest'
import { isTimeZone } from './settings.ts'

test.each(['Africa/Kigali', 'Africa/Nairobi', 'Africa/Kampala', 'Africa/Dar_es_Salaam', 'UTC'])(
  '%s is a time zone',
  (name) => {
    expect(isTimeZone(name)).toBe(true)
  },
)

test.each(['Africa/Volcano', 'Kigali', '+02:00', '', 'Africa/', '../etc/passwd'])('"%s" is none', (name) => {
  expect(isTimeZone(name)).toBe(false)
})
