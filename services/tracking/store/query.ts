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
