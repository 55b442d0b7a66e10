import { expect, test } from 'vitest'
import { isClosedConnectionWrite } from './driver_fault.ts'

function fault(message: string, stack: string): TypeError {
  return Object.assign(new TypeError(message), { stack })
}

test("only the driver's own late write to a closed connection is let pass", () => {
  const message = "Cannot read properties of null (reading 'write')"
  const inDriver = 'at Immediate.nextWrite (file:///app/node_modules/postgres/src/connection.js:255:22)'
  expect(isClosedConnectionWrite(fault(message, inDriver))).toBe(true)
  expect(isClosedConnectionWrite(fault(message, 'at ours (file:///app/services/main.ts:1:1)'))).toBe(false)
  expect(isClosedConnectionWrite(fault('another fault', inDriver))).toBe(false)
  expect(isClosedConnectionWrite(new Error(message))).toBe(false)
})
