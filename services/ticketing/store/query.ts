import { type SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type { Queries } from '#kit'

const dialect = new PgDialect()

/**
 * Runs a statement that PostgreSQL parses and plans once per connection.
 *
 * drizzle prepares only what was built by its query builder and named; the statements of the hot path are written by hand,
 * and planning one of them costs more than running it. Their text is the same each time, so the driver finds the plan.
 */
export async function run<Row>(db: Queries, statement: SQL): Promise<Row[]> {
  const query = db._.session.prepareQuery<{ execute: Row[]; all: unknown; values: unknown }>(
    dialect.sqlToQuery(statement),
    undefined,
    'prepared',
    false,
  )
  return query.execute()
}

/** An instant as PostgreSQL reads it. */
export function iso(instant: Date): string {
  return instant.toISOString()
}

/** An instant as PostgreSQL writes it, in a column or within JSON. */
export function instant(written: string): Date {
  return new Date(written)
}

/** As {@link instant} for columns that may be null. */
export function instantOrNone(written: string | null): Date | undefined {
  return written === null ? undefined : new Date(written)
}
