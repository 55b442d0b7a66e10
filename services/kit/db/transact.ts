import { PgDialect } from 'drizzle-orm/pg-core'
import { PostgresJsSession, PostgresJsTransaction } from 'drizzle-orm/postgres-js'
import type { Sql, TransactionSql } from 'postgres'
import type { Queries } from './database.ts'
import { isConnectionLost } from './faults.ts'
import { prepareUnsafe } from './prepared.ts'

/** A statement as text and parameters. */
export type Statement = { readonly text: string; readonly parameters: readonly unknown[] }

const dialect = new PgDialect()
/** Statements that wait to be sent with the commit of their transaction. */
const closings = new WeakMap<object, Statement[]>()

/** Sends a statement at the end of its transaction together with the others, for writes whose answer nobody reads. */
export function sendAtCommit(tx: object, statement: Statement): void {
  closings.get(tx)?.push(statement)
}

/**
 * Runs a transaction; what opens it travels with the work's first statement, and what closes it goes out together.
 *
 * `begin` and `commit` stay the driver's own, each a round trip: sending them along on a reserved connection was tried, and
 * postgres.js 3.4.9 never answers a reservation for which it has to connect anew.
 *
 * @param opening a statement to send ahead of the work
 */
export async function transact<T>(
  pool: Sql,
  opening: Statement | undefined,
  work: (queries: Queries) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const progress = { begun: false }
    try {
      return await beginOn(pool, opening, work, progress)
    } catch (err) {
      // A connection that died idle is found dead by the next one to use it, who has done nothing yet.
      if (progress.begun || tries === BEGIN_TRIES || !isConnectionLost(err)) throw err
    }
  }
}

const BEGIN_TRIES = 3

function beginOn<T>(
  pool: Sql,
  opening: Statement | undefined,
  work: (queries: Queries) => Promise<T>,
  progress: { begun: boolean },
): Promise<T> {
  let over = false
  const outcome = pool.begin(async (raw) => {
    progress.begun = true
    try {
      const answer = await workOn(prepareUnsafe(raw), opening, work)
      return over ? await forever() : answer
    } catch (err) {
      if (over || isConnectionLost(err)) return forever()
      throw err
    }
  }) as Promise<T>
  const end = () => {
    over = true
  }
  outcome.then(end, end)
  return outcome
}

/**
 * What work on a dead connection answers: nothing. The driver has refused the transaction when the connection closed; told
 * of an end once more, it would send its rollback on a closed socket, or into somebody else's transaction.
 */
function forever(): Promise<never> {
  return new Promise(() => undefined)
}

async function workOn<T>(
  connection: TransactionSql,
  opening: Statement | undefined,
  work: (queries: Queries) => Promise<T>,
): Promise<T> {
  const opened = opening && send(connection, opening)
  const queries = queriesOn(connection)
  const closing: Statement[] = []
  closings.set(queries, closing)
  const answer = await work(queries)
  await Promise.all([opened, ...closing.map((statement) => send(connection, statement))])
  return answer
}

function send(connection: TransactionSql, { text, parameters }: Statement) {
  const query = connection.unsafe(text, [...parameters] as Parameters<TransactionSql['unsafe']>[1]).execute()
  // Failures are met where the answers are awaited; until then they are nobody's.
  query.catch(() => undefined)
  return query
}

function queriesOn(connection: TransactionSql): Queries {
  // drizzle asks of its client no more than `unsafe`, and has no type for that.
  const session = new PostgresJsSession(connection as unknown as Sql, dialect, undefined)
  return new PostgresJsTransaction(dialect, session as never, undefined)
}
