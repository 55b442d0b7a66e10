import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import postgres, { type Sql } from 'postgres'
import { startInfra } from '../../deploy/local/index.ts'
import { money, newUuidV7 } from '../../services/kit/values/index.ts'
import { openDatabase, type OpenDatabase } from '../../services/kit/db/database.ts'
import { readMigrations } from '../../services/kit/db/migrate.ts'
import { provision, serviceUrl } from '../../services/kit/db/provision.ts'
import { createLogger } from '../../services/kit/telemetry/log.ts'
import { groupingPoster } from '../../services/payment/flow/poster.ts'
import { type Entry, postEntries } from '../../services/payment/store/journal.ts'
import { round } from '../lib/stats.ts'

const COMPANIES = 10_000
/** As the service's own poster. */
const GROUP = { entries: 500, statements: 2 }
const WARM_UP_SECONDS = 2

type Plan = { readonly seconds: number; readonly callers: number }
/** One of the statements that the poster sent. */
type Sample = { text: string; parameters: unknown[] }
type Measured = { readonly perSecond: number; readonly errors: number }

/**
 * Entries per second of callers who each wait for their own, all on one pair of accounts and spread over 10,000 companies;
 * beside each a bare loop that sends the same statement with the same figures, over as many connections, without the callers.
 */
export async function run(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: { seconds: { type: 'string', default: '10' }, callers: { type: 'string', default: '1000' } },
  })
  const plan = { seconds: Number(values.seconds), callers: Number(values.callers) }
  const dir = resolve('.tms/bench')
  mkdirSync(dir, { recursive: true })
  const infra = await startInfra({ dir, fresh: true, env: { PATH: process.env['PATH'] } })
  try {
    const migrations = readMigrations(new URL('../../services/payment/migrations/', import.meta.url))
    await provision(infra.databaseUrl, [{ service: 'payment', migrations }])
    const url = serviceUrl('payment', infra.databaseUrl)
    const hot = await compare(url, plan, 1)
    const wide = await compare(url, plan, COMPANIES)
    return {
      bench: 'ledger',
      hot_per_s: round(hot.grouped.perSecond, 0),
      wide_per_s: round(wide.grouped.perSecond, 0),
      bare_hot_per_s: round(hot.bare.perSecond, 0),
      bare_wide_per_s: round(wide.bare.perSecond, 0),
      ratio_hot: round(hot.grouped.perSecond / hot.bare.perSecond, 3),
      ratio_wide: round(wide.grouped.perSecond / wide.bare.perSecond, 3),
      errors: hot.grouped.errors + wide.grouped.errors + hot.bare.errors + wide.bare.errors,
    }
  } finally {
    await infra.stop()
  }
}

/** Measures the poster, and then the bare loop with a statement of the poster's. */
async function compare(url: string, plan: Plan, companies: number): Promise<{ grouped: Measured; bare: Measured }> {
  const tenants = Array.from({ length: companies }, () => newUuidV7(Date.now()))
  const sample: Sample = { text: '', parameters: [] }
  const db = open(url, (_, text, parameters) => {
    // The fullest group so far.
    if (text.includes('journal_transfer') && sizeOf(parameters) > sizeOf(sample.parameters)) {
      Object.assign(sample, { text, parameters: [...parameters] })
    }
  })
  await post(db, { ...plan, seconds: WARM_UP_SECONDS }, tenants)
  const grouped = await post(db, plan, tenants)
  await db.close()
  const bare = await replay(url, sample, plan.seconds)
  return { grouped, bare }
}

function open(url: string, onStatement: (pool: string, text: string, parameters: readonly unknown[]) => void) {
  return openDatabase({
    url,
    service: 'payment',
    maxConnections: GROUP.statements,
    newId: () => newUuidV7(Date.now()),
    now: () => new Date(),
    subjectOf: (typeName) => typeName,
    onCommitted: () => undefined,
    log: createLogger('silent'),
    idempotencyCache: { get: () => Promise.resolve(undefined), set: () => undefined },
    onStatement,
  })
}

async function post(db: OpenDatabase, { seconds, callers }: Plan, tenants: readonly string[]): Promise<Measured> {
  const poster = groupingPoster((entries) => db.transaction((tx) => postEntries(tx, entries), 'system'), GROUP)
  const started = performance.now()
  const until = started + seconds * 1_000
  let [next, posted, errors] = [0, 0, 0]
  const call = async () => {
    while (performance.now() < until) {
      const entry = saleOf(tenants[next++ % tenants.length]!)
      await poster.post(entry).then(
        () => posted++,
        () => errors++,
      )
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  return { perSecond: (posted / (performance.now() - started)) * 1_000, errors }
}

function saleOf(tenantId: string): Entry {
  const now = new Date()
  return {
    entryId: newUuidV7(now.getTime()),
    tenantId,
    kind: 'TRANSFER',
    causeId: newUuidV7(now.getTime()),
    transfers: [
      {
        debit: { kind: 'CASH', holder: tenantId },
        credit: { kind: 'TENANT_PAYABLE', holder: tenantId },
        amount: money('RWF', 4_500),
      },
    ],
    postTime: now,
  }
}

/** Sends one full group over and over, with new ids: what the database itself can do. */
async function replay(url: string, { text, parameters }: Sample, seconds: number): Promise<Measured> {
  const connection = { search_path: 'payment, public', 'app.scope': 'system', plan_cache_mode: 'force_generic_plan' }
  const sql = postgres(url, { max: GROUP.statements, connection, onnotice: () => {} })
  const size = sizeOf(parameters)
  const started = performance.now()
  const until = started + seconds * 1_000
  let [sent, errors] = [0, 0]
  const loop = async () => {
    while (performance.now() < until) {
      await send(sql, text, withNewIds(parameters)).then(
        () => (sent += size),
        () => errors++,
      )
    }
  }
  await Promise.all(Array.from({ length: GROUP.statements }, loop))
  const perSecond = (sent / (performance.now() - started)) * 1_000
  await sql.end()
  return { perSecond, errors }
}

function send(sql: Sql, text: string, parameters: unknown[]): Promise<unknown> {
  return sql.begin((tx) => tx.unsafe(text, parameters as postgres.ParameterOrJSON<never>[], { prepare: true }))
}

/** Parameters are columns; the first is the entries' ids, the sixth those of their causes. */
function withNewIds(parameters: readonly unknown[]): unknown[] {
  const ids = () => Array.from({ length: sizeOf(parameters) }, () => newUuidV7(Date.now()))
  return parameters.map((column, index) => (index === 0 || index === 5 ? ids() : column))
}

function sizeOf([entryIds]: readonly unknown[]): number {
  return Array.isArray(entryIds) ? entryIds.length : 0
}
