import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { calendar } from './schema.ts'

/** A calendar as it is kept. */
export type CalendarRow = typeof calendar.$inferSelect

/** Where a page of calendars goes on. */
export type CalendarCursor = { readonly name: string; readonly calendarId: string }

/** A calendar; undefined when the company has none of that id. */
export async function findCalendar(
  tx: Queries,
  tenantId: string,
  calendarId: string,
): Promise<CalendarRow | undefined> {
  const rows = await tx
    .select()
    .from(calendar)
    .where(and(eq(calendar.tenantId, tenantId), eq(calendar.calendarId, calendarId)))
  return rows[0]
}

/** Every calendar of a company by id. */
export async function calendarsById(tx: Queries, tenantId: string): Promise<Map<string, CalendarRow>> {
  const rows = await tx.select().from(calendar).where(eq(calendar.tenantId, tenantId))
  return new Map(rows.map((row) => [row.calendarId, row]))
}

/** Enters a calendar. */
export async function insertCalendar(tx: Queries, row: CalendarRow): Promise<void> {
  await tx.insert(calendar).values(row)
}

/** Writes what is now true of a calendar that is there. */
export async function updateCalendar(
  tx: Queries,
  { tenantId, calendarId, ...facts }: Omit<CalendarRow, 'createTime'>,
): Promise<CalendarRow> {
  const rows = await tx
    .update(calendar)
    .set(facts)
    .where(and(eq(calendar.tenantId, tenantId), eq(calendar.calendarId, calendarId)))
    .returning()
  return rows[0]!
}

/** A page of calendars by name. */
export function listCalendars(
  tx: Queries,
  tenantId: string,
  { limit, after }: { readonly limit: number; readonly after: CalendarCursor | undefined },
): Promise<CalendarRow[]> {
  return tx
    .select()
    .from(calendar)
    .where(
      and(
        eq(calendar.tenantId, tenantId),
        after && gt(sql`(${calendar.name}, ${calendar.calendarId})`, sql`(${after.name}, ${after.calendarId}::uuid)`),
      ),
    )
    .orderBy(asc(calendar.name), asc(calendar.calendarId))
    .limit(limit)
}
