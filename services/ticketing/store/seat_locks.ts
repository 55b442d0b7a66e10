import type { Lease } from '#kit'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { legNumbers, type Legs } from '../domain/legs.ts'

/** Seats that a booking wants on a ride. */
export type WantedSeats = {
  readonly bookingId: string
  readonly tripId: string
  readonly seatLabels: readonly string[]
  readonly legs: Legs
}

/** The seats that a booking has locked. */
export function wantedBy({ bookingId, tripId, passengers, fromSequence, toSequence }: Booking): WantedSeats {
  const seatLabels = passengers.map((one) => one.seatLabel)
  return { bookingId, tripId, seatLabels, legs: { from: fromSequence, to: toSequence } }
}

/**
 * What Redis says before the database is asked.
 *
 * A lease: nobody else wants the seats. `repeat`: an earlier attempt of this very booking has them. `unknown`: Redis is away
 * or changed its mind. Else the label of a seat that somebody has.
 */
export type LockAnswer = { readonly lease: Lease } | { readonly takenSeat: string } | 'repeat' | 'unknown'

/**
 * Takes the Redlock of every seat and leg of a hold, for as long as the hold lasts: the fast "no", and the countdown that
 * `redis-cli pttl` shows. PostgreSQL decides; a Redis that lost its keys only makes the "no" slower.
 */
export async function lockSeats(ctx: Ctx, wanted: WantedSeats, ttlMs: number): Promise<LockAnswer> {
  const keys = keysOf(wanted)
  const lease = await ctx.locks.acquire(keys, ttlMs)
  if (lease === 'unavailable') return 'unknown'
  return lease === 'taken' ? whoHas(ctx, wanted, keys) : { lease }
}

/** Lets go of the locks of a booking, and of nobody else's. Redis may be away: the keys run out by themselves. */
export async function unlockSeats(ctx: Ctx, wanted: WantedSeats): Promise<void> {
  const keys = redisKeys(ctx, keysOf(wanted))
  await ctx.redis.eval(DELETE_OURS, keys.length, ...keys).catch(() => undefined)
}

/** A Redlock writes one random value to all its keys. The booking's own key holds it too: by that we know our own. */
const DELETE_OURS = `
  local ours = redis.call('get', KEYS[1])
  if not ours then return 0 end
  local deleted = 0
  for _, key in ipairs(KEYS) do
    if redis.call('get', key) == ours then deleted = deleted + redis.call('del', key) end
  end
  return deleted`

async function whoHas(ctx: Ctx, wanted: WantedSeats, keys: readonly string[]): Promise<LockAnswer> {
  const [ours, ...seats] = await ctx.redis.mget(redisKeys(ctx, keys)).catch(() => [])
  const other = seats.findIndex((value) => value !== null && value !== ours)
  if (other >= 0) {
    const seat = Math.floor(other / legNumbers(wanted.legs).length)
    return { takenSeat: wanted.seatLabels[seat]! }
  }
  return ours ? 'repeat' : 'unknown'
}

/** The booking's key, then one for each seat and leg; in braces what keeps them together in a cluster. */
function keysOf({ bookingId, tripId, seatLabels, legs }: WantedSeats): string[] {
  const seats = seatLabels.flatMap((label) => legNumbers(legs).map((leg) => `hold:{${tripId}}:${label}:${leg}`))
  return [`hold:{${tripId}}:booking:${bookingId}`, ...seats]
}

/** As ctx.locks writes them. */
function redisKeys(ctx: Ctx, keys: readonly string[]): string[] {
  return keys.map((key) => `${ctx.redisPrefix}lock:${key}`)
}
