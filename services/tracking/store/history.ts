import { sql } from 'drizzle-orm'
import { type Database, sqlStateOf } from '#kit'
import type { Sample } from '../domain/sample.ts'
import { COLUMNS, dateOf, dayOf, DayRows } from './history_rows.ts'
import { run } from './query.ts'

/** Positions on their way into the history; those of a day keep their order. */
export class HistoryBatch {
  readonly days = new Map<number, DayRows>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** @param head what begins the rows of its owner, by `rowHead` */
  add(head: Uint8Array, sample: Sample, receiveTimeMs: number): void {
    const day = dayOf(sample)
    let rows = this.days.get(day)
    if (!rows) this.days.set(day, (rows = new DayRows()))
    rows.add(head, sample, receiveTimeMs)
    this.#count += 1
  }
}

/** Writes positions into the history, each once. */
export type History = {
  /** Writes rows that are new, in their order. @throws when it is not known that all of them are on disk */
  append(batch: HistoryBatch): Promise<void>
  /** As {@link append} for rows of which some may be there already: slower, and never refused for that. */
  appendMissing(batch: HistoryBatch): Promise<void>
}

/** The history of a database. */
export function historyIn(db: Database): History {
  const days = new Set<string>()
  const makeDays = async ({ days: wanted }: HistoryBatch) => {
    for (const day of wanted.keys()) {
      const date = dateOf(day)
      if (days.has(date)) continue
      // Rows of a day are those of every company.
      await run(db.system, sql`select make_position_day(${date}::date)`)
      days.add(date)
    }
  }
  return {
    append: async (batch) => {
      await makeDays(batch)
      for (const [day, rows] of batch.days) {
        const partition = `position_${dateOf(day).replaceAll('-', '')}`
        await db.copyIn(`copy ${partition} (${COLUMNS}) from stdin (format binary)`, rows.copy())
      }
    },
    appendMissing: async (batch) => {
      // The day may have been ended, or be that of another database that was put in the place of ours.
      days.clear()
      await makeDays(batch)
      for (const rows of batch.days.values()) await run(db.system, insertMissing(rows))
    },
  }
}

/** Whether a batch was refused because some of its rows are there already. */
export function isRepeat(err: unknown): boolean {
  return sqlStateOf(err) === '23505'
}

function insertMissing(rows: DayRows) {
  return sql`
    insert into position (${sql.raw(COLUMNS)})
    select (r ->> 0)::uuid, (r ->> 1)::uuid, (r ->> 2)::uuid, (r ->> 3)::uuid, (r ->> 4)::bigint, (r ->> 5)::timestamptz,
      (r ->> 6)::timestamptz, (r ->> 7)::double precision, (r ->> 8)::double precision, (r ->> 9)::real, (r ->> 10)::real,
      (r ->> 11)::real, (r ->> 12)::real, (r ->> 13)::boolean, (r ->> 14)::real, (r ->> 15)::real, (r ->> 16)::boolean
    from jsonb_array_elements(${JSON.stringify(rows.texts())}::text::jsonb) with ordinality as given (r, place)
    order by place
    on conflict do nothing`
}
