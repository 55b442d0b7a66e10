import { createHmac, timingSafeEqual } from 'node:crypto'
import { money } from '#kit'
import type { PriceLine, Traveller } from './pricing.ts'
import type { SeatClass } from './ride.ts'
import type { SalesChannel, SoldLevel } from './sales_terms.ts'

/** A price that is held for whoever has the token: what was asked, and what the answer was. */
export type HeldQuote = {
  readonly tripId: string
  readonly fromSequence: number
  readonly toSequence: number
  readonly currency: string
  readonly channel: SalesChannel
  readonly promotionCode: string
  readonly expireTime: Date
  readonly seats: readonly HeldSeat[]
  /** The level of each class, with the seats that it must leave. */
  readonly levels: Partial<Record<SeatClass, SoldLevel>>
}

/** One seat of a held price. */
export type HeldSeat = {
  readonly label: string
  readonly seatClass: SeatClass
  readonly traveller: Traveller
  readonly priceLines: readonly PriceLine[]
}

type SeatJson = {
  label: string
  class: SeatClass
  age: Traveller['ageGroup']
  home: Traveller['residency'] | null
  lines: [PriceLine['kind'], code: string, name: string, minor: string][]
}

/** Writes a held price as text that only the owner of the secret can have written: JSON and its HMAC-SHA256, in base64url. */
export function sealQuote(quote: HeldQuote, secret: Buffer): string {
  const { expireTime, seats, ...rest } = quote
  const json = { ...rest, expireMs: expireTime.getTime(), seats: seats.map(seatToJson) }
  const body = Buffer.from(JSON.stringify(json)).toString('base64url')
  return `${body}.${macOf(body, secret)}`
}

/** Reads a held price; undefined when it was not sealed with the secret. */
export function unsealQuote(token: string, secret: Buffer): HeldQuote | undefined {
  const [body, mac, more] = token.split('.')
  if (body === undefined || mac === undefined || more !== undefined) return undefined
  const [given, right] = [Buffer.from(mac), Buffer.from(macOf(body, secret))]
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined
  type Json = Omit<HeldQuote, 'expireTime' | 'seats'> & { expireMs: number; seats: SeatJson[] }
  const { expireMs, seats, ...rest } = JSON.parse(Buffer.from(body, 'base64url').toString()) as Json
  return { ...rest, expireTime: new Date(expireMs), seats: seats.map((seat) => seatFromJson(seat, rest.currency)) }
}

function macOf(body: string, secret: Buffer): string {
  return createHmac('sha256', secret).update(body).digest('base64url')
}

function seatToJson({ label, seatClass, traveller, priceLines }: HeldSeat): SeatJson {
  return {
    label,
    class: seatClass,
    age: traveller.ageGroup,
    home: traveller.residency ?? null,
    lines: priceLines.map(({ kind, code, name, amount }) => [kind, code, name, amount.minor.toString()]),
  }
}

function seatFromJson({ label, class: seatClass, age, home, lines }: SeatJson, currency: string): HeldSeat {
  return {
    label,
    seatClass,
    traveller: { ageGroup: age, residency: home ?? undefined },
    priceLines: lines.map(([kind, code, name, minor]) => ({
      kind,
      code,
      name,
      amount: money(currency, BigInt(minor)),
    })),
  }
}
