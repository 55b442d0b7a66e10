// Reads the catalogue of a database in which every schema is up to date.
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './kit/testing/database.ts'
import { loadServices, serviceNames } from './roster.ts'

/** What each service has because of the kit: named by what it remembers. */
const KIT_TABLES = ['dead_letter', 'idempotency', 'inbox', 'migration', 'stream_epoch']

/** Rows that no UUID tells apart, and what does. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'auth.attempt': 'a hash of who guesses at what',
  'auth.permission_grant': 'a permission of a role, or of a user within a company',
  'auth.refresh_token': 'the hash of a secret',
  'auth.role': 'the name that contracts and documents use',
  'auth.role_grant': 'a role of a user within a company',
  'auth.signing_key': 'the thumbprint of a key, as tokens name it',
  'notification.early_report': 'the number that the provider gave',
  'payment.account_day': 'an account on a day',
  'payment.column_key': 'the one row there is',
  'payment.ledger_account': 'kind, holder and currency',
  'payment.ledger_fold': 'the one row there is',
  'payment.payout_day': 'a holder on a day',
  'qr.signing_key': 'the short name of a key, as codes bear it',
  'ticketing.quote_key': 'the one row there is',
  'tracking.position': 'a place in a recording, whose id is a UUID',
}

let database: TestDatabase
let sql: Sql
let schemas: readonly string[]

beforeAll(async () => {
  const services = await loadServices(serviceNames)
  schemas = services.flatMap(({ name, migrations }) => (migrations ? [name] : []))
  database = await createTestDatabase(inject('DATABASE_URL'), services)
  sql = postgres(database.url, { max: 1, onnotice: () => {} })
})

afterAll(async () => {
  await sql.end({ timeout: 1 })
  await database.drop()
})

test('users, tickets, buses and payments are tables, each in the schema of the service that owns it [S2-57]', async () => {
  const owners = await sql<{ owner: string; name: string }[]>`
    select schemaname as owner, tablename as name from pg_tables
    where tablename in ('users', 'ticket', 'bus', 'payment_intent') and schemaname = any(${[...schemas]})
    order by tablename`
  expect(owners.map(({ owner, name }) => `${owner}.${name}`)).toEqual([
    'company.bus',
    'payment.payment_intent',
    'ticketing.ticket',
    'auth.users',
  ])
})

test('the role of a service can read and write no table of another service [S1-68][S2-13]', async () => {
  const reach = await sql<{ found: string; isOwn: boolean }[]>`
    select role.rolname || ' may ' || privilege || ' ' || space.nspname || '.' || relation.relname as found,
           role.rolname = 'tms_' || space.nspname as "isOwn"
    from pg_class relation
    join pg_namespace space on space.oid = relation.relnamespace
    join pg_roles role on role.rolname like 'tms\_%' and role.rolcanlogin
    cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) as privilege
    where space.nspname = any(${[...schemas]}) and relation.relkind in ('r', 'p')
      and has_schema_privilege(role.oid, space.oid, 'USAGE')
      and has_table_privilege(role.oid, relation.oid, privilege)`
  expect(reach.filter(({ isOwn }) => isOwn).length).toBeGreaterThan(schemas.length)
  expect(reach.filter(({ isOwn }) => !isOwn).map(({ found }) => found)).toEqual([])
})

test('whatever has an identity is known by a UUID; what has none is named here, with what tells it apart [S3-104]', async () => {
  const tables = await sql<{ name: string; kind: string; isKnownByUuid: boolean }[]>`
    select space.nspname || '.' || relation.relname as name, relation.relname as kind,
           coalesce(format_type(first.atttypid, null) = 'uuid', false) as "isKnownByUuid"
    from pg_class relation
    join pg_namespace space on space.oid = relation.relnamespace
    left join pg_index key on key.indrelid = relation.oid and key.indisprimary
    left join pg_attribute first on first.attrelid = relation.oid and first.attnum = key.indkey[0]
    where space.nspname = any(${[...schemas]}) and relation.relkind in ('r', 'p') and not relation.relispartition`
  const others = tables.filter((one) => !one.isKnownByUuid && !KIT_TABLES.includes(one.kind)).map(({ name }) => name)
  expect(tables.length - others.length).toBeGreaterThan(100)
  expect(others.sort()).toEqual(Object.keys(OTHERWISE).sort())
})

test('payments that wait for their payer, or for their order, are found by their state through an index [S3-102]', async () => {
  const planOf = (query: string) =>
    sql.begin(async (tx) => {
      await tx`set local enable_seqscan = off`
      const lines = await tx.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${query}`)
      return lines.map((line) => line['QUERY PLAN']).join('\n')
    })
  const from = 'select payment_intent_id from payment.payment_intent where'
  const due = `${from} state = 'REQUIRES_PAYMENT' and expire_time <= now()`
  expect(await planOf(due)).toContain('payment_intent_expiring')
  const open = `${from} state in ('REQUIRES_PAYMENT', 'PROCESSING') and order_id = gen_random_uuid()`
  expect(await planOf(open)).toContain('payment_intent_open_order')
})
