import { expect, test } from 'vitest'
import { isDriverFault } from './driver_fault.ts'

function fault(message: string, stack: string): TypeError {
  return Object.assign(new TypeError(message), { stack })
}

test("only the driver's own late write to a closed connection is let pass", () => {
  const message = "Cannot read properties of null (reading 'write')"
  const inDriver = 'at Immediate.nextWrite (file:///app/node_modules/postgres/src/connection.js:255:22)'
  expect(isDriverFault(fault(message, inDriver))).toBe(true)
  expect(isDriverFault(fault(message, 'at ours (file:///app/services/main.ts:1:1)'))).toBe(false)
  expect(isDriverFault(fault('another fault', inDriver))).toBe(false)
  expect(isDriverFault(new Error(message))).toBe(false)
  expect(isDriverFault(undefined)).toBe(false)
})

test("only the driver's own question for types is let pass when its connection closes", () => {
  const closed = (query: string) =>
    Object.assign(new Error('write CONNECTION_CLOSED 127.0.0.1:5432'), { code: 'CONNECTION_CLOSED', query })
  // As postgres 3.4.9 sends it, line breaks and all.
  const types = `
      select b.oid, b.typarray
      from pg_catalog.pg_type a
      left join pg_catalog.pg_type b on b.oid = a.typelem`
  expect(isDriverFault(closed(types))).toBe(true)
  expect(isDriverFault(closed('select 1'))).toBe(false)
})
