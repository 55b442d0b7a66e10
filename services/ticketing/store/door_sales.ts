import { sql } from 'drizzle-orm'
import type { Tx } from '#kit'
import { run } from './query.ts'

/** Remembers that a held booking is sold at the door: money that comes for it is good also when the bus is late. */
export async function markDoorSale(tx: Tx, bookingId: string): Promise<void> {
  await run(tx, sql`update booking set door_sale = true where booking_id = ${bookingId}`)
}
