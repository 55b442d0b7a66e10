import { PgDialect } from 'drizzle-orm/pg-core'
import { PostgresJsSession, PostgresJsTransaction } from 'drizzle-orm/postgres-js'
import type { ReservedSql, Sql } from 'postgres'
import type { Queries } from './database.ts'
import { isConnectionLost } from './faults.ts'
import { prepareUnsafe } from './prepared.ts'

/** A statement as text and parameters. */
export type Statement = { readonly text: string; readonly parameters: readonly unknown[] }

const dialect = new PgDialect()
/** Statements that wait to be sent with the commit of their transaction. */
const closings = new WeakMap<object, Statement[]>()

/** Sends a statement together with the commit, for writes whose answer nobody reads. */
export function sendAtCommit(tx: object, statement: Statement): void {
  closings.get(tx)?.push(statement)
}

/**
 * Runs a transaction in as few round trips as its work has: what opens it travels with the work's first statement, what
 * closes it with the commit. The connection keeps the order, and a statement that fails makes the commit a rollback.
 *
 * The driver's own `begin` waits for the server before and after the work; on a hot path that is half of the waiting, and
 * every message costs a system call.
 *
 * @param opening a statement to send ahead of the work
 */
export async function pipelined<T>(
  pool: Sql,
  opening: Statement | undefined,
  work: (queries: Queries) => Promise<T>,
): Promise<T> {
  const connection = prepareUnsafe(await pool.reserve())
  let usable = true
  try {
    const opened = [send(connection, 'begin'), ...(opening ? [send(connection, opening.text, opening.parameters)] : [])]
    const queries = queriesOn(connection)
    const closing: Statement[] = []
    closings.set(queries, closing)
    const answer = await work(queries)
    const closed = closing.map(({ text, parameters }) => send(connection, text, parameters))
    const committed = send(connection, 'commit')
    await Promise.all([...opened, ...closed])
    assertCommitted((await committed).command)
    return answer
  } catch (err) {
    usable = !isConnectionLost(err) && (await rolledBack(connection))
    throw err
  } finally {
    // A connection that is gone went back to the pool by itself; releasing it would hand out a dead one.
    if (usable) connection.release()
  }
}

/**
 * Runs reads on one connection after an opening that travels with the first of them: one round trip for one statement,
 * without a transaction around it.
 *
 * What the opening sets stays on the connection until the next opening, which every use of the pool begins with.
 */
export async function readAfter<T>(pool: Sql, opening: Statement, work: (queries: Queries) => Promise<T>): Promise<T> {
  const connection = prepareUnsafe(await pool.reserve())
  let usable = true
  try {
    const opened = send(connection, opening.text, opening.parameters)
    const answer = await work(queriesOn(connection))
    // Nothing is answered that was read before the opening held.
    await opened
    return answer
  } catch (err) {
    usable = !isConnectionLost(err)
    throw err
  } finally {
    if (usable) connection.release()
  }
}

function send(connection: ReservedSql, text: string, parameters: readonly unknown[] = []) {
  const query = connection.unsafe(text, [...parameters] as Parameters<ReservedSql['unsafe']>[1]).execute()
  // Failures are met where the answers are awaited; until then they are nobody's.
  query.catch(() => undefined)
  return query
}

function queriesOn(connection: ReservedSql): Queries {
  const session = new PostgresJsSession(connection, dialect, undefined)
  // drizzle types the client of a transaction as the driver's own; it asks only for `unsafe` of it.
  return new PostgresJsTransaction(dialect, session as never, undefined)
}

/** Work that swallowed an error of the server has nothing to commit. */
function assertCommitted(command: string): void {
  if (command !== 'COMMIT') throw new Error('a statement of this transaction failed, so that it was rolled back')
}

async function rolledBack(connection: ReservedSql): Promise<boolean> {
  return send(connection, 'rollback').then(
    () => true,
    () => false,
  )
}
