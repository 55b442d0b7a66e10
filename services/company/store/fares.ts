import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import { money, type Queries } from '#kit'
import type { Fare } from '../domain/fares.ts'
import { fare } from './schema.ts'

/** A fare as it is kept. */
export type FareRow = typeof fare.$inferSelect

/** Where a page of fares goes on. */
export type FareCursor = Pick<FareRow, 'fromStopId' | 'toStopId' | 'seatClass' | 'validFromDate' | 'fareId'>

/** Enters fares. */
export async function insertFares(tx: Queries, rows: readonly FareRow[]): Promise<void> {
  await tx.insert(fare).values([...rows])
}

/** Some fares, in no particular order; ids that the company does not have are left out. */
export function findFares(tx: Queries, tenantId: string, fareIds: readonly string[]): Promise<FareRow[]> {
  return tx
    .select()
    .from(fare)
    .where(and(eq(fare.tenantId, tenantId), inArray(fare.fareId, [...fareIds])))
}

/** Takes active fares back. Returns those that were active. */
export function withdrawFares(tx: Queries, tenantId: string, fareIds: readonly string[], at: Date): Promise<FareRow[]> {
  return tx
    .update(fare)
    .set({ state: 'WITHDRAWN', withdrawTime: at })
    .where(and(eq(fare.tenantId, tenantId), inArray(fare.fareId, [...fareIds]), eq(fare.state, 'ACTIVE')))
    .returning()
}

/** Every active fare between some stops, for the book of a day. */
export async function activeFares(tx: Queries, tenantId: string, stopIds: readonly string[]): Promise<Fare[]> {
  if (stopIds.length === 0) return []
  const rows = await tx
    .select()
    .from(fare)
    .where(
      and(
        eq(fare.tenantId, tenantId),
        eq(fare.state, 'ACTIVE'),
        inArray(fare.fromStopId, [...stopIds]),
        inArray(fare.toStopId, [...stopIds]),
      ),
    )
  return rows.map((row) => ({ ...row, price: money(row.currency, row.priceMinor) }))
}

/** A page of fares by ride and class, the latest first day first. */
export function listFares(
  tx: Queries,
  tenantId: string,
  filter: {
    readonly fromStopId: string | undefined
    readonly toStopId: string | undefined
    readonly state: FareRow['state'] | undefined
    readonly limit: number
    readonly after: FareCursor | undefined
  },
): Promise<FareRow[]> {
  const { fromStopId, toStopId, state, limit, after } = filter
  return tx
    .select()
    .from(fare)
    .where(
      and(
        eq(fare.tenantId, tenantId),
        fromStopId === undefined ? undefined : eq(fare.fromStopId, fromStopId),
        toStopId === undefined ? undefined : eq(fare.toStopId, toStopId),
        state && eq(fare.state, state),
        after && pastCursor(after),
      ),
    )
    .orderBy(asc(fare.fromStopId), asc(fare.toStopId), asc(fare.seatClass), desc(fare.validFromDate), asc(fare.fareId))
    .limit(limit)
}

// Dates run backwards within a ride, so the row comparison is taken apart there.
function pastCursor({ fromStopId, toStopId, seatClass, validFromDate, fareId }: FareCursor) {
  const ride = sql`(${fare.fromStopId}, ${fare.toStopId}, ${fare.seatClass})`
  const at = sql`(${fromStopId}::uuid, ${toStopId}::uuid, ${seatClass})`
  const sameDay = sql`${fare.validFromDate} = ${validFromDate}::date and ${fare.fareId} > ${fareId}::uuid`
  return sql`(${ride} > ${at} or (${ride} = ${at} and (${fare.validFromDate} < ${validFromDate}::date or (${sameDay}))))`
}
