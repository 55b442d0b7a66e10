import { and, desc, eq, lt, or, sql } from 'drizzle-orm'
import type { Currency, Queries } from '#kit'
import type { ExchangeRate } from '../domain/exchange.ts'
import { exchangeRate, type RateRow } from './schema.ts'

/** Writes a rate down. False when its id was used before. */
export async function insertRate(db: Queries, row: RateRow): Promise<boolean> {
  const rows = await db
    .insert(exchangeRate)
    .values(row)
    .onConflictDoNothing({ target: exchangeRate.exchangeRateId })
    .returning({ exchangeRateId: exchangeRate.exchangeRateId })
  return rows.length > 0
}

/** The rate of an id; undefined when there is none. */
export async function findRate(db: Queries, exchangeRateId: string): Promise<RateRow | undefined> {
  const [row] = await db.select().from(exchangeRate).where(eq(exchangeRate.exchangeRateId, exchangeRateId)).limit(1)
  return row
}

/** The rate of a pair that was set last, whether or not it is still used; undefined when none ever was. */
export async function newestRate(db: Queries, from: Currency, to: Currency): Promise<RateRow | undefined> {
  const [row] = await db
    .select()
    .from(exchangeRate)
    .where(and(eq(exchangeRate.fromCurrency, from), eq(exchangeRate.toCurrency, to)))
    .orderBy(desc(exchangeRate.createTime), desc(exchangeRate.exchangeRateId))
    .limit(1)
  return row
}

/** Where the next page of rates begins. */
export type RateCursor = { readonly createTime: string; readonly exchangeRateId: string }

/** Every rate that was set, newest first. */
export async function listRates(db: Queries, limit: number, after: RateCursor | undefined): Promise<RateRow[]> {
  const before = after && new Date(after.createTime)
  return db
    .select()
    .from(exchangeRate)
    .where(
      before &&
        or(
          lt(exchangeRate.createTime, before),
          and(eq(exchangeRate.createTime, before), lt(exchangeRate.exchangeRateId, sql`${after.exchangeRateId}::uuid`)),
        ),
    )
    .orderBy(desc(exchangeRate.createTime), desc(exchangeRate.exchangeRateId))
    .limit(limit)
}

/** A row as the rules know it. */
export function rateOf(row: RateRow): ExchangeRate {
  return { ...row, from: row.fromCurrency, to: row.toCurrency }
}
