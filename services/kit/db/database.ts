import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import type { HandlerContext } from '@connectrpc/connect'
import type { PgDatabase } from 'drizzle-orm/pg-core'
import { drizzle, type PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js'
import postgres, { type Sql } from 'postgres'
import { Scope } from '#gen/tms/access/v1/access_pb.ts'
import { currentCall, remainingMs, runInCall } from '../call.ts'
import { insertionOf, type NewEvent, newEvent } from '../events/outbox.ts'
import type { Logger } from '../telemetry/log.ts'
import { type AfterCommit, backgroundWork } from './background.ts'
import { copyConnection } from './copy.ts'
import { retried } from './faults.ts'
import { type IdempotencyCache, runOnce, type Sealing } from './once.ts'
import { sendAtCommit, type Statement, transact } from './transact.ts'
import { prepareUnsafe } from './prepared.ts'

/** Runs queries: a transaction, or the pool itself for single statements. */
export type Queries = PgDatabase<PostgresJsQueryResultHKT>

/** A database transaction that can also say what it made true. */
export type Tx = Queries & {
  /**
   * Publishes an event when, and only when, this transaction commits.
   *
   * @param key what the event is about, e.g. the booking's id; events of one key are published in order
   */
  publish<D extends DescMessage>(schema: D, key: string, event: MessageInitShape<D>): Promise<void>
  /** As {@link publish} for many events of one kind at once. */
  publishAll<D extends DescMessage>(
    schema: D,
    events: readonly { readonly key: string; readonly message: MessageInitShape<D> }[],
  ): Promise<void>
  /**
   * Runs after the commit, not at all after a rollback. The transaction's caller does not wait for it; a shutdown does.
   * A failure is logged and changes nothing: what must happen is found again by a job.
   */
  afterCommit(work: () => void | Promise<void>): void
}

/** Whose rows a transaction sees: the session's, one tenant's known from our own rows, or everybody's. */
export type RowsOf = 'session' | 'system' | { readonly tenantId: string }

/** A service's own schema. */
export interface Database {
  /** All rows, autocommit: for single statements outside a transaction. Say at the call why all rows. */
  readonly system: Queries
  /** Runs `work` in one transaction; a deadlock or serialization failure runs it again. */
  transaction<T>(work: (tx: Tx) => Promise<T>, rows?: RowsOf): Promise<T>
  /**
   * As {@link transaction} for a method whose policy names an idempotency key: the first result is stored in the same
   * transaction and returned on repeat; repeats in parallel wait for the first. What `work` answers is the response of
   * the method, and what the handler returns.
   *
   * @throws {ConnectError} FAILED_PRECONDITION / IDEMPOTENCY_KEY_REUSED when the key came with another request before
   */
  once<I extends DescMessage, R extends object>(
    call: OnceCall,
    request: MessageShape<I>,
    work: (tx: Tx) => Promise<R>,
    rows?: RowsOf,
  ): Promise<R>
  /**
   * Writes many rows by one COPY, all or none, on a connection of its own, one call after the other. PostgreSQL refuses it
   * for tables under row-level security: name a partition, to which the role may add rows and no more.
   *
   * @param statement e.g. `copy note_2026 (note_id, text) from stdin (format binary)`
   * @param rows in the format that the statement names
   */
  copyIn(statement: string, rows: Buffer): Promise<void>
}

/** The call that an idempotent result belongs to: what a handler was given. */
export type OnceCall = Pick<HandlerContext, 'values' | 'method'>

/** How a service reaches its schema. */
export type DatabaseOptions = {
  readonly url: string
  readonly service: string
  readonly maxConnections: number
  readonly newId: () => string
  readonly now: () => Date
  readonly subjectOf: (typeName: string, tenantId: string) => string
  readonly onCommitted: (events: readonly NewEvent[]) => void
  readonly log: Logger
  readonly idempotencyCache: IdempotencyCache
  readonly sealing?: Sealing | undefined
  readonly onStatement?: StatementObserver | undefined
}

/** Told of every statement as it is sent, for benchmarks that send the same again without the suite. */
export type StatementObserver = (connection: string, text: string, parameters: readonly unknown[]) => void

/** An open {@link Database}. */
export type OpenDatabase = Database & {
  /** Waits for the work that transactions left to be done after their commit. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** Longest time of one statement, whoever runs it. */
const STATEMENT_TIMEOUT_MS = 30_000

/** Opens the two pools of a service: one whose transactions are armed by session, one that sees all rows. */
export function openDatabase(options: DatabaseOptions): OpenDatabase {
  const session = connect(options, {})
  const system = connect(options, { 'app.scope': 'system' })
  const pools = { session, system }
  // Also has the driver read and write times and JSON as text, on both pools and all their transactions.
  const systemQueries = [drizzle(session), drizzle(system)][1]!
  const background = backgroundWork(options.log)
  const copying = copyConnection({ ...options, statementTimeoutMs: STATEMENT_TIMEOUT_MS })

  const transaction: Database['transaction'] = (work, rows = 'session') =>
    retried(() => runTransaction(options, pools, background.run, work, rows))

  return {
    system: systemQueries,
    transaction,
    once: (call, request, work, rows = 'session') =>
      runOnce(
        { ...options, transaction, cache: options.idempotencyCache, sealing: options.sealing },
        call,
        request,
        work,
        rows,
      ),
    copyIn: (statement, rows) => copying.run(statement, rows),
    idle: background.idle,
    close: async () => {
      await Promise.all([session.end({ timeout: 5 }), system.end({ timeout: 5 }), copying.close()])
    },
  }
}

function connect(options: DatabaseOptions, settings: Record<string, string>) {
  const { onStatement } = options
  const pool = `${options.service}/${settings['app.scope'] ?? 'session'}`
  const sql = postgres(options.url, {
    debug: onStatement && ((id, text, parameters) => onStatement(`${pool}/${id}`, text, parameters)),
    max: options.maxConnections,
    idle_timeout: 60,
    connect_timeout: 10,
    onnotice: () => {},
    connection: {
      application_name: `tms-${options.service}`,
      search_path: `${options.service}, public`,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      // Statements are prepared and few: a plan made once per connection beats five that are thrown away.
      plan_cache_mode: 'force_generic_plan',
      ...settings,
    },
  })
  return prepareUnsafe(sql)
}

async function runTransaction<T>(
  options: DatabaseOptions,
  pools: { readonly session: Sql; readonly system: Sql },
  runLater: (work: AfterCommit) => void,
  work: (tx: Tx) => Promise<T>,
  rows: RowsOf,
): Promise<T> {
  const arming = armingOf(rows)
  const events: NewEvent[] = []
  const afterCommit: AfterCommit[] = []
  const state = { ...currentCall(), inTransaction: true }
  const result = await transact(arming ? pools.session : pools.system, arming, async (queries) => {
    const tx = extend(queries, options, events, afterCommit)
    const answer = await runInCall(state, () => work(tx))
    if (events.length > 0) sendAtCommit(queries, insertionOf(events))
    return answer
  })
  if (events.length > 0) options.onCommitted(events)
  for (const later of afterCommit) runLater(later)
  return result
}

/** The statement that says whose rows are seen; undefined when all, which the pool itself says. */
function armingOf(rows: RowsOf): Statement | undefined {
  const call = currentCall()
  if (rows === 'system') return undefined
  if (rows !== 'session') return arm('tenant', rows.tenantId, '')
  const { session, scope } = call
  if (scope === Scope.PLATFORM || session.kind === 'service') return undefined
  if (scope === Scope.TENANT) return arm('tenant', session.tenantId ?? '', session.userId)
  if (scope === Scope.OWN) return arm('own', '', session.userId)
  return arm('none', '', '')
}

const ARM = `select set_config('app.scope', $1, true), set_config('app.tenant', $2, true),
  set_config('app.user', $3, true), set_config('statement_timeout', $4, true)`

function arm(scope: string, tenantId: string, userId: string): Statement {
  const timeout = `${Math.min(STATEMENT_TIMEOUT_MS, remainingMs(currentCall()))}ms`
  return { text: ARM, parameters: [scope, tenantId, userId, timeout] }
}

function extend(raw: Queries, options: DatabaseOptions, events: NewEvent[], afterCommit: AfterCommit[]): Tx {
  const add = <D extends DescMessage>(schema: D, key: string, message: MessageInitShape<D>) =>
    events.push(newEvent(options, schema, key, message))
  return Object.assign(raw, {
    publish: <D extends DescMessage>(schema: D, key: string, message: MessageInitShape<D>) => {
      add(schema, key, message)
      return Promise.resolve()
    },
    publishAll: <D extends DescMessage>(
      schema: D,
      all: readonly { readonly key: string; readonly message: MessageInitShape<D> }[],
    ) => {
      for (const { key, message } of all) add(schema, key, message)
      return Promise.resolve()
    },
    afterCommit: (work: AfterCommit) => {
      afterCommit.push(work)
    },
  })
}
