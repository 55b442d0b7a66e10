import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { Seat } from '../domain/seats.ts'
import { bus, schedule, seat, seatLayout } from './schema.ts'

type LayoutRow = typeof seatLayout.$inferSelect

/** A version of a layout with its seats, by deck, row and column. */
export type Layout = LayoutRow & { readonly seats: readonly Seat[] }

/** Where a page of layouts goes on. */
export type LayoutCursor = { readonly name: string; readonly layoutId: string }

/** Writes a version with its seats. */
export async function insertLayout(tx: Queries, { seats, ...row }: Layout): Promise<void> {
  await tx.insert(seatLayout).values(row)
  await insertSeats(tx, row, seats)
}

/** Writes the seats of a version. */
export async function insertSeats(
  tx: Queries,
  { tenantId, layoutId }: Pick<LayoutRow, 'tenantId' | 'layoutId'>,
  seats: readonly Seat[],
): Promise<void> {
  await tx.insert(seat).values(
    seats.map(({ label, seatClass, deck, row, column }) => ({
      tenantId,
      layoutId,
      label,
      seatClass,
      deck,
      row,
      column,
    })),
  )
}

/** Takes a version out of use. Returns false when it was not the one in use. */
export async function retireLayout(tx: Queries, tenantId: string, layoutId: string): Promise<boolean> {
  const rows = await tx
    .update(seatLayout)
    .set({ current: false })
    .where(and(eq(seatLayout.tenantId, tenantId), eq(seatLayout.layoutId, layoutId), eq(seatLayout.current, true)))
    .returning({ layoutId: seatLayout.layoutId })
  return rows.length > 0
}

/** Moves buses and schedules from one version to the next. Returns how many buses. */
export async function moveToLayout(tx: Queries, tenantId: string, from: string, to: string, at: Date): Promise<number> {
  await tx
    .update(schedule)
    .set({ layoutId: to, updateTime: at })
    .where(and(eq(schedule.tenantId, tenantId), eq(schedule.layoutId, from)))
  const buses = await tx
    .update(bus)
    .set({ layoutId: to, updateTime: at })
    .where(and(eq(bus.tenantId, tenantId), eq(bus.layoutId, from)))
    .returning({ busId: bus.busId })
  return buses.length
}

/** Some layouts with their seats, in no particular order; ids that the company does not have are left out. */
export async function findLayouts(tx: Queries, tenantId: string, layoutIds: readonly string[]): Promise<Layout[]> {
  if (layoutIds.length === 0) return []
  const rows = await tx
    .select()
    .from(seatLayout)
    .where(and(eq(seatLayout.tenantId, tenantId), inArray(seatLayout.layoutId, [...layoutIds])))
  return withSeats(tx, tenantId, rows)
}

/** A page of layouts by name. */
export async function listLayouts(
  tx: Queries,
  tenantId: string,
  filter: { readonly replacedToo: boolean; readonly limit: number; readonly after: LayoutCursor | undefined },
): Promise<Layout[]> {
  const { replacedToo, limit, after } = filter
  const rows = await tx
    .select()
    .from(seatLayout)
    .where(
      and(
        eq(seatLayout.tenantId, tenantId),
        replacedToo ? undefined : eq(seatLayout.current, true),
        after && gt(sql`(${seatLayout.name}, ${seatLayout.layoutId})`, sql`(${after.name}, ${after.layoutId}::uuid)`),
      ),
    )
    .orderBy(asc(seatLayout.name), asc(seatLayout.layoutId))
    .limit(limit)
  return withSeats(tx, tenantId, rows)
}

async function withSeats(tx: Queries, tenantId: string, rows: readonly LayoutRow[]): Promise<Layout[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ layoutId }) => layoutId)
  const seats = await tx
    .select()
    .from(seat)
    .where(and(eq(seat.tenantId, tenantId), inArray(seat.layoutId, ids)))
    .orderBy(asc(seat.deck), asc(seat.row), asc(seat.column))
  const byLayout = Map.groupBy(seats, ({ layoutId }) => layoutId)
  return rows.map((row) => ({ ...row, seats: byLayout.get(row.layoutId) ?? [] }))
}
