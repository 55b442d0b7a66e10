import { sql } from 'drizzle-orm'
import { type Database, sqlStateOf } from '#kit'
import { COLUMNS, copyLine, dayOf, type HistoryRow } from './history_rows.ts'
import { run } from './query.ts'

/** Writes positions into the history, each once. */
export type History = {
  /** Writes rows that are new, in their order. @throws when it is not known that all of them are on disk */
  append(rows: readonly HistoryRow[]): Promise<void>
  /** As {@link append} for rows of which some may be there already: slower, and never refused for that. */
  appendMissing(rows: readonly HistoryRow[]): Promise<void>
}

/** The history of a database. */
export function historyIn(db: Database): History {
  const days = new Set<string>()
  const makeDays = async (wanted: readonly string[]) => {
    for (const day of wanted) {
      if (days.has(day)) continue
      // Rows of a day are those of every company.
      await run(db.system, sql`select make_position_day(${day}::date)`)
      days.add(day)
    }
  }
  return {
    append: async (rows) => {
      const byDay = Map.groupBy(rows, dayOf)
      await makeDays([...byDay.keys()])
      for (const [day, part] of byDay) {
        const partition = `position_${day.replaceAll('-', '')}`
        await db.copyIn(`copy ${partition} (${COLUMNS}) from stdin`, part.map(copyLine).join(''))
      }
    },
    appendMissing: async (rows) => {
      // The day may have been ended, or be that of another database that was put in the place of ours.
      days.clear()
      await makeDays([...new Set(rows.map(dayOf))])
      await run(db.system, insertMissing(rows))
    },
  }
}

/** Whether a batch was refused because some of its rows are there already. */
export function isRepeat(err: unknown): boolean {
  return sqlStateOf(err) === '23505'
}

function insertMissing(rows: readonly HistoryRow[]) {
  const records = rows.map((row) =>
    copyLine(row)
      .trimEnd()
      .split('\t')
      .map((text) => (text === '\\N' ? null : text)),
  )
  return sql`
    insert into position (${sql.raw(COLUMNS)})
    select (r ->> 0)::uuid, (r ->> 1)::uuid, (r ->> 2)::uuid, (r ->> 3)::uuid, (r ->> 4)::bigint, (r ->> 5)::timestamptz,
      (r ->> 6)::timestamptz, (r ->> 7)::double precision, (r ->> 8)::double precision, (r ->> 9)::real, (r ->> 10)::real,
      (r ->> 11)::real, (r ->> 12)::real, (r ->> 13)::boolean, (r ->> 14)::real, (r ->> 15)::real, (r ->> 16)::boolean
    from jsonb_array_elements(${JSON.stringify(records)}::text::jsonb) with ordinality as given (r, place)
    order by place
    on conflict do nothing`
}
