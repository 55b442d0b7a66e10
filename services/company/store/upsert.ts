import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Queries } from '#kit'

/** What became of rows that were written whether or not they were there. */
export type Upserted = {
  readonly createdIds: readonly string[]
  readonly updatedIds: readonly string[]
  readonly unchangedCount: number
}

/** PostgreSQL takes 65,535 parameters in a statement; the widest table here has 16 columns. */
const ROWS_PER_STATEMENT = 1000

type Compared<T extends PgTable> = Extract<keyof T['$inferInsert'], string>

/**
 * Writes rows under ids of ours, a statement for each thousand: new ones are inserted, those that differ updated, the
 * others not touched.
 *
 * @param id the column beside `tenant_id` in the primary key
 * @param compared what makes a row differ; other columns keep what they have, but for `updateTime`, which moves along
 */
export async function upsert<T extends PgTable>(
  tx: Queries,
  table: T,
  id: Compared<T>,
  compared: readonly Compared<T>[],
  rows: readonly T['$inferInsert'][],
): Promise<Upserted> {
  const columns: Record<string, PgColumn> = getTableColumns(table)
  const idColumn = columns[id]!
  const written = 'updateTime' in columns ? [...compared, 'updateTime'] : compared
  const found: { id: unknown; created: boolean }[] = []
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
    const batch = tx
      .insert(table)
      .values(rows.slice(from, from + ROWS_PER_STATEMENT))
      .onConflictDoUpdate({
        target: [columns['tenantId']!, idColumn],
        set: Object.fromEntries(written.map((name) => [name, excluded(columns[name]!)])) as Record<string, never>,
        setWhere: sql`(${row(compared, columns, kept)}) is distinct from (${row(compared, columns, excluded)})`,
      })
      // A row that this statement inserted has no deleting transaction; one that it updated has one, ours.
      .returning({ id: idColumn, created: sql<boolean>`${table}.xmax = 0` })
    found.push(...(await batch))
  }
  const idsOf = (created: boolean) => found.filter((one) => one.created === created).map((one) => String(one.id))
  return { createdIds: idsOf(true), updatedIds: idsOf(false), unchangedCount: rows.length - found.length }
}

const excluded = (column: PgColumn): SQL => sql`excluded.${sql.identifier(column.name)}`
const kept = (column: PgColumn): SQL => sql`${column}`

function row(names: readonly string[], columns: Record<string, PgColumn>, side: (column: PgColumn) => SQL): SQL {
  return sql.join(
    names.map((name) => side(columns[name]!)),
    sql`, `,
  )
}
