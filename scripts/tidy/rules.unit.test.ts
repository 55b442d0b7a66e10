import { describe, expect, test } from 'vitest'
import * as code from './code_rules.ts'
import { importFaults } from './import_rules.ts'
import { circles } from './service_rules.ts'
import { parseSource, type Source } from './source.ts'
import * as sql from './sql_rules.ts'
import * as waiting from './waiting_rules.ts'

const handler = 'services/ticketing/rpc/hold_seats.ts'

/** Where the rule found a fault in one file: its lines. */
function linesIn(rule: (sources: readonly Source[]) => readonly string[], path: string, text: string): number[] {
  return rule([parseSource(path, text)]).map((fault) => Number(/:(\d+) /.exec(fault)?.[1]))
}

describe('imports', () => {
  test.each([
    ['another service', handler, `import { f } from '../../payment/store/intents.ts'`],
    ['another service, at run time', handler, `const f = await import('../../payment/service.ts')`],
    ['the kit by its path', handler, `import { f } from '../../kit/values/money.ts'`],
    ['generated code by its path', handler, `export * from '../../../gen/tms/payment/v1/errors_pb.ts'`],
    ['the test kit outside a test', handler, `import { placements } from '#kit/testing'`],
    [
      'the inside of another service in a test',
      'services/qr/qr.test.ts',
      `import { f } from '../payment/rpc/index.ts'`,
    ],
    ['a service from the kit', 'services/kit/host.ts', `import qr from '../qr/service.ts'`],
    ["a service's contract from the kit", 'services/kit/host.ts', `import { f } from '#gen/tms/qr/v1/key_pb.ts'`],
    ['a service from the gateway', 'gateway/inbound/inbound.ts', `import pay from '../../services/payment/service.ts'`],
    ['a service from the sandbox', 'deploy/sandbox/index.ts', `import pay from '../../services/payment/service.ts'`],
    ['the inside of a service from the roster', 'services/roster.ts', `import { rpcs } from './qr/rpc/index.ts'`],
  ])('%s is refused', (_, path, text) => {
    expect(linesIn(importFaults, path, `\n${text}`)).toEqual([2])
  })

  test.each([
    ['its own folder', handler, `import { f } from '../store/bookings.ts'`],
    [
      'the kit and contracts',
      handler,
      `import { f } from '#kit'\nimport type { T } from '#gen/tms/payment/v1/a_pb.ts'`,
    ],
    ['a package', handler, `import { Code } from '@connectrpc/connect'`],
    ['whole services in a test', 'services/qr/qr.test.ts', `import payment from '../payment/service.ts'`],
    ['services in the roster', 'services/roster.ts', `import qr from './qr/service.ts'`],
  ])('%s is fine', (_, path, text) => {
    expect(linesIn(importFaults, path, text)).toEqual([])
  })
})

describe('code', () => {
  test.each([
    ['a query in a handler', code.sqlFaults, 'await tx.select().from(booking)'],
    ['a query over lines', code.sqlFaults, 'await ctx.db.system\n  .insert(booking)'],
    ['an SQL tag', code.sqlFaults, 'const free = sql`select 1`'],
    ['the time of the machine', code.clockFaults, 'const now = new Date()'],
    ['its milliseconds', code.clockFaults, 'const now = Date.now()'],
    ['the environment', code.environmentFaults, 'const port = process.env.PORT'],
    ['the console', code.consoleFaults, `console.log('here')`],
    ['an HTTP client', waiting.httpFaults, `import http from 'node:http'`],
    ['a request past the contracts', waiting.httpFaults, `await fetch('http://payment:8100/intents')`],
    ['a wait that holds up everybody', waiting.blockingFaults, `const text = readFileSync(path, 'utf8')`],
    ['any', code.surrenderFaults, 'const row = rows[0] as any'],
    ['a list of any', code.surrenderFaults, 'function f(...all: any[]) {}'],
    ['a rule switched off', code.surrenderFaults, ['// eslint', 'disable-next-line'].join('-')],
  ])('%s is found', (_, rule, text) => {
    expect(linesIn(rule, handler, `\n${text}`)).toEqual([2])
  })

  test.each([
    ['a query in store/', code.sqlFaults, 'services/ticketing/store/bookings.ts', 'await tx.select().from(booking)'],
    ['a map', code.sqlFaults, handler, 'seen.delete(1)'],
    ['a generated client', waiting.httpFaults, handler, 'await ctx.peers.payment.createPaymentIntent(asked)'],
    ['a settings file at the start', waiting.blockingFaults, 'services/kit/settings.ts', 'readFileSync(file)'],
    ['a time that is given', code.clockFaults, handler, 'const at = new Date(0)'],
    ['a test that says why it is skipped', code.consoleFaults, 'services/qr/qr.test.ts', `console.log('no data')`],
    ['the word in a text', code.surrenderFaults, handler, `const text = 'any'; const company = f(anything)`],
  ])('%s is fine', (_, rule, path, text) => {
    expect(linesIn(rule, path, text)).toEqual([])
  })
})

describe('migrations', () => {
  const path = 'services/ticketing/migrations/001_bookings.sql'
  const table = 'create table booking (\n  booking_id uuid primary key,\n  tenant_id uuid not null\n);\n'

  test('a table with a tenant is protected, or says why it need not be', () => {
    const fault = `${path}:1 booking has a tenant_id: kit_protect it, or say \`-- unprotected: why\``
    const said = table.replace('uuid not null', 'uuid not null -- unprotected: acts for it, belongs to the user')
    expect(sql.unprotectedFaults([{ path, text: table }])).toEqual([fault])
    expect(sql.unprotectedFaults([{ path, text: `${table}select kit_protect('booking', 'user_id');` }])).toEqual([])
    expect(sql.unprotectedFaults([{ path, text: said }])).toEqual([])
  })

  test('a statement on the schema of another service is found, a comment is not', () => {
    const text = '-- from payment.intent\nselect * from ticketing.booking b join payment.intent i using (booking_id);'
    const faults = sql.foreignSchemaFaults([{ path, text }], ['payment', 'ticketing'])
    expect(faults).toEqual([`${path}:2 names the schema of payment: copy its events instead`])
  })

  test('what older code cannot live with must be announced', () => {
    const text = 'alter table booking drop column code;'
    expect(sql.breakingFaults([{ path, text }])).toHaveLength(1)
    expect(sql.breakingFaults([{ path, text: `--! breaking\n${text}` }])).toEqual([])
  })

  test('SQL outside the migrations of a service is found', () => {
    expect(sql.homelessSqlFaults([{ path: 'deploy/all.sql', text: '' }])).toHaveLength(1)
    expect(sql.homelessSqlFaults([{ path, text: '' }])).toEqual([])
  })
})

test('a circle of calls is told once, from its first name', () => {
  expect(circles(['a -> b', 'b -> c', 'c -> a', 'c -> d'])).toEqual(['a -> b -> c -> a'])
  expect(circles(['a -> b', 'a -> c', 'b -> c'])).toEqual([])
})
