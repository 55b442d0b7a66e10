import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'

/**
 * Reads one row of a hand-written statement as drizzle reads its own: the columns of `table`, typed.
 *
 * @param prefix what the statement put before each column's name
 */
export function rowOf<T extends PgTable>(table: T, raw: Record<string, unknown>, prefix = ''): T['$inferSelect'] {
  const entries = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const value = raw[prefix + column.name]
    return [name, value === null || value === undefined ? null : column.mapFromDriverValue(value)]
  })
  return Object.fromEntries(entries) as T['$inferSelect']
}

/** An instant as a parameter of a hand-written statement: postgres.js under drizzle takes text only. */
export function at(instant: Date): SQL {
  return sql`${instant.toISOString()}::timestamptz`
}

/** A list of states for `state in …`. */
export function oneOf(states: readonly string[]): SQL {
  return sql`(${sql.join(
    states.map((state) => sql`${state}`),
    sql`, `,
  )})`
}
