import type { SQL } from 'drizzle-orm'
import type { Queries } from '#kit'

/** Runs one statement. Its rows are as PostgreSQL writes them: instants and bigints are text. */
export async function run<Row>(db: Queries, statement: SQL): Promise<Row[]> {
  const rows: readonly unknown[] = await db.execute(statement)
  return rows as Row[]
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
