import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { TicketIssuedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { doubleSales, forgetRedis } from './testing/faults.ts'
import { coachSeats, newCompany, putOnSale, tripOf } from './testing/network.ts'
import { type Desk, held, holdOf, passenger, pay } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]
const calm = { timeoutMs: 120_000 }

/** Tries many holds at once. Answers the bookings that were held, and counts the refusals by reason. */
async function race(tries: readonly (() => ReturnType<typeof held>)[]) {
  const outcomes = await Promise.allSettled(tries.map((attempt) => attempt()))
  const won = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const refusals: Record<string, number> = {}
  for (const one of outcomes) {
    if (one.status === 'fulfilled') continue
    const reason = reasonOf(one.reason) ?? String(one.reason)
    refusals[reason] = (refusals[reason] ?? 0) + 1
  }
  return { won, refusals }
}

/** How many connections to its database ticketing has, looked at again and again until the work is done. */
async function connectionsWhile(suite: Suite, work: Promise<unknown>): Promise<number[]> {
  const seen: number[] = []
  const look = async () => {
    const [row] = await suite.sql('ticketing')<{ open: number }[]>`
      select count(*)::int as open from pg_stat_activity
      where usename = 'tms_ticketing' and datname = current_database()`
    seen.push(row?.open ?? 0)
  }
  let isDone = false
  const done = work.finally(() => (isDone = true))
  while (!isDone) await Promise.race([look().then(() => sleep(20)), done])
  return seen
}

placements(
  'a thousand clients race for one seat: exactly one gets a ticket, over no more connections than the pools have [S2-101][S1-09][S3-150]',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(newCompany()))
    const desks = Array.from({ length: 1_000 }, () => suite.client(TicketingService, passenger()))
    const racing = race(desks.map((desk) => () => held(desk, holdOf(tripId!, '3B'))))
    const open = await connectionsWhile(suite, racing)
    const { won, refusals } = await racing
    expect(won).toHaveLength(1)
    expect(refusals).toEqual({ SEAT_TAKEN: 999 })
    // Two pools of four for each service.
    expect(open.length).toBeGreaterThan(0)
    expect(Math.max(...open)).toBeLessThanOrEqual(8)

    await pay(suite, won[0]!)
    expect(await suite.published(TicketIssuedSchema)).toHaveLength(1)
    const tickets = await suite.sql('ticketing')`select 1 from ticket`
    expect(tickets).toHaveLength(1)
  },
  calm,
)

placements(
  '45 seats over overlapping legs are never sold twice on a leg, also when Redis is emptied in mid-race [S1-70][S1-71]',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(newCompany()))
    const desks = Array.from({ length: 40 }, () => suite.client(TicketingService, passenger()))
    const tries = coachSeats().flatMap(({ label }, seat) =>
      [
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 2],
        [1, 3],
        [2, 3],
        [0, 3],
        [1, 2],
      ].map((legs, i) => () => {
        const desk: Desk = desks[(seat * 8 + i) % desks.length]!
        return held(desk, holdOf(tripId!, label, legs as [number, number]))
      }),
    )
    const flushes = [5, 40, 120].map(async (ms) => {
      await new Promise((resolve) => setTimeout(resolve, ms))
      await forgetRedis(suite)
    })
    const { won, refusals } = await race(tries)
    await Promise.all(flushes)

    const sql = suite.sql('ticketing')
    expect(await doubleSales(sql)).toBe(0)
    expect(Object.keys(refusals)).toEqual(['SEAT_TAKEN'])
    expect(won.length + (refusals['SEAT_TAKEN'] ?? 0)).toBe(tries.length)
    const [claims] = await sql<{ live: number }[]>`
      select count(*)::int as live from seat_claim where release_time is null`
    expect(claims?.live).toBe(won.length)
    // Every seat went to somebody: a race refuses the loser, not everybody.
    const [seats] = await sql<{ used: number }[]>`select count(distinct seat_label)::int as used from seat_claim`
    expect(seats?.used).toBe(45)
  },
  calm,
)

placements(
  'parties that want the same seats in other orders are all answered, and each seat has one holder',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(newCompany()))
    const orders = ['3A 3B 3C 3D', '3D 3C 3B 3A', '3B 3D 3A 3C', '3C 3A 3D 3B']
    const tries = Array.from({ length: 60 }, (_, i) => {
      const desk = suite.client(TicketingService, passenger())
      return () => held(desk, holdOf(tripId!, orders[i % orders.length]!))
    })
    const { won, refusals } = await race(tries)
    expect(won).toHaveLength(1)
    expect(refusals).toEqual({ SEAT_TAKEN: 59 })
  },
)

placements(
  'two clients race for one seat a thousand times: one winner each time, and fences that only rise [S1-09]',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(newCompany()))
    // Eight seats at a time, each with its own two clients.
    const lanes = ['3A', '3B', '3C', '3D', '4A', '4B', '4C', '4D'].map(async (label) => {
      const desks = [passenger(), passenger()].map((who) => suite.client(TicketingService, who))
      let fence = 0n
      for (let round = 0; round < 125; round++) {
        const tries = desks.map(async (desk) => ({ desk, booking: await held(desk, holdOf(tripId!, label)) }))
        const won = (await Promise.allSettled(tries)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
        expect(won).toHaveLength(1)
        const { desk, booking } = won[0]!
        expect(booking.fence).toBeGreaterThan(fence)
        fence = booking.fence
        await desk.releaseHold({ bookingId: booking.bookingId })
      }
    })
    await Promise.all(lanes)
  },
  // The race itself, a thousand times: repeats of each call are tried elsewhere.
  { ...calm, placements: ['memory'], sendTwice: false },
)
