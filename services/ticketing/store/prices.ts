import { sql } from 'drizzle-orm'
import { money, type Tx } from '#kit'
import type { PriceLine, Traveller } from '../domain/pricing.ts'
import type { SalesChannel } from '../domain/sales_terms.ts'
import { run } from './query.ts'

/** A line of a breakdown as it is kept. */
export type PriceLineJson = { kind: PriceLine['kind']; code: string; name: string; minor: string }

/** How the price of a booking came about. */
export type PriceNote = {
  readonly channel: SalesChannel
  readonly termsVersion: bigint
  readonly seats: readonly { readonly traveller: Traveller; readonly priceLines: readonly PriceLine[] }[]
}

/** Writes down how the price of a booking that was just held came about. */
export async function notePrices(tx: Tx, bookingId: string, note: PriceNote): Promise<void> {
  const seats = note.seats.map(({ traveller, priceLines }, position) => ({
    position,
    age_group: traveller.ageGroup,
    residency: traveller.residency ?? null,
    price_lines: linesToJson(priceLines),
  }))
  await run(
    tx,
    sql`
    with sold as (
      update booking set sales_channel = ${note.channel}, terms_version = ${note.termsVersion}
      where booking_id = ${bookingId}
    )
    update passenger p set age_group = g.age_group, residency = g.residency, price_lines = g.price_lines
    from jsonb_to_recordset(${JSON.stringify(seats)}::jsonb)
      as g (position int, age_group text, residency text, price_lines jsonb)
    where p.booking_id = ${bookingId} and p.position = g.position`,
  )
}

/** A breakdown as it is kept. */
export function linesToJson(lines: readonly PriceLine[]): PriceLineJson[] {
  return lines.map(({ kind, code, name, amount }) => ({ kind, code, name, minor: String(amount.minor) }))
}

export function priceLineFrom({ kind, code, name, minor }: PriceLineJson, currency: string): PriceLine {
  return { kind, code, name, amount: money(currency, BigInt(minor)) }
}
