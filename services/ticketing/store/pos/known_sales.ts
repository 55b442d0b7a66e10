import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { run } from '../query.ts'

/** Which of some sales have ids that a booking has, and tickets that were given out, whosever they are. */
export async function knownSales(
  db: Queries,
  sales: readonly { readonly saleId: string; readonly ticketId: string }[],
): Promise<{ readonly saleIds: ReadonlySet<string>; readonly ticketIds: ReadonlySet<string> }> {
  const saleIds = sql.param(sales.map(({ saleId }) => saleId))
  const ticketIds = sql.param(sales.map(({ ticketId }) => ticketId))
  const [row] = await run<{ sales: string[]; tickets: string[] }>(
    db,
    sql`select array(select booking_id from booking where booking_id = any(${saleIds}::uuid[])) as sales,
      array(select ticket_id from ticket where ticket_id = any(${ticketIds}::uuid[])) as tickets`,
  )
  return { saleIds: new Set(row?.sales), ticketIds: new Set(row?.tickets) }
}
