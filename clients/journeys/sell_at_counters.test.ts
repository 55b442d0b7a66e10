import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Code, ConnectError } from '@connectrpc/connect'
import { expect, vi } from 'vitest'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import type { Booking } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { reasonOf } from '#kit'
import { placements, type Suite, type Who } from '#kit/testing'
import payment from '../../services/payment/service.ts'
import { paymentWorld } from '../../services/payment/testing/outside.ts'
import qr from '../../services/qr/service.ts'
import ticketing from '../../services/ticketing/service.ts'
import { agent, manager } from '../../services/ticketing/testing/counter.ts'
import { doubleSales } from '../../services/ticketing/testing/faults.ts'
import {
  coachSeats,
  type Company,
  newCompany,
  newId,
  putOnSale,
  tripOf,
} from '../../services/ticketing/testing/network.ts'
import { holdOf, passenger, payAtCounter } from '../../services/ticketing/testing/people.ts'
import { fileStore, PosTerminal, type PosTms } from '../sdk/src/pos/node.ts'

const SEED = Number(process.env['COUNTER_SEED'] ?? 20_261_121)
const DEVICES = 20
const BUYERS = 500
/** As many of them press the button at the same moment. */
const LANES = 25
/** Each a phone of its own: one shows one prompt at a time. Those that end in 07 approve. */
const phoneOf = (buyer: number) => `+2507881${String(buyer).padStart(3, '0')}07`

/** Numbers from 0 to 1 that a seed says (mulberry32). */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The suite behind a network that loses calls: one in six never arrives, of one in six the answer never comes. */
function shaky(suite: Suite, who: Who, random: () => number): PosTms {
  const lost = () => new ConnectError('the network was cut', Code.Unavailable)
  return {
    client: (service) => {
      const client = suite.client(service, who)
      const calls = new Map<PropertyKey, unknown>()
      return new Proxy(client, {
        get: (target, name) => {
          const call: unknown = Reflect.get(target, name)
          if (typeof call !== 'function') return call
          const cut = async (...args: unknown[]) => {
            const luck = random()
            if (luck < 1 / 6) throw lost()
            const answer: unknown = await (call as (...args: unknown[]) => unknown)(...args)
            if (luck < 2 / 6) throw lost()
            return answer
          }
          if (!calls.has(name)) calls.set(name, cut)
          return calls.get(name)
        },
      })
    },
  }
}

/** Tries again over cuts; undefined when there is no seat left. */
async function overCuts<T>(attempt: () => Promise<T>): Promise<T | undefined> {
  for (;;) {
    try {
      return await attempt()
    } catch (err) {
      if (reasonOf(err) === 'SEATS_EXHAUSTED') return undefined
      // On a busy machine an answer may also come too late: the device asks again.
      if (!(err instanceof ConnectError) || ![Code.Unavailable, Code.DeadlineExceeded].includes(err.code)) throw err
    }
  }
}

/** An agent with a device in a folder, behind a network that is cut at random. */
async function openCounter(suite: Suite, company: Company, folder: string, random: () => number) {
  const who = agent(company.tenantId)
  const office = suite.client(PointOfSaleService, manager(company.tenantId))
  const deviceId = newId()
  const stationStopId = company.stops[0]!.stopId
  const { enrolmentCode } = await office.createPosDevice({ deviceId, name: 'Counter', stationStopId })
  const tms = shaky(suite, who, random)
  const options = { agentUserId: who.userId!, now: () => suite.clock.now() }
  const open = async () => PosTerminal.open(tms, { ...options, store: await fileStore(folder) })
  const terminal = await open()
  await overCuts(() => terminal.enrol(enrolmentCode))
  await terminal.openShift({ currencyCode: 'RWF', units: 0n })
  return { terminal, open, random }
}

/** One agent's day: borrows seats, sells some without a network, is cut off, reloaded, and sends all of it. */
async function workAtCounter(tripId: string, counter: Awaited<ReturnType<typeof openCounter>>) {
  const { open, random } = counter
  let { terminal } = counter
  for (let round = 0; round < 2; round++) {
    const leaseId = newId()
    await overCuts(() => terminal.lease({ leaseId, tripId, seatCount: 1 + Math.floor(random() * 2) }))
    for (const { seats } of terminal.leases) {
      for (const { seatLabel, tickets } of seats) {
        if (random() < 0.2) continue
        const { toSequence } = tickets[Math.floor(random() * tickets.length)]!
        await terminal.sell({ tripId, seatLabel, toSequence, passengerName: `Passenger of ${seatLabel}` })
      }
    }
    if (random() < 0.5) await terminal.flush().catch(() => undefined)
    if (random() < 0.3) {
      await terminal.close()
      terminal = await open()
    }
  }
  await overCuts(() => terminal.flush())
  expect(terminal.state).toMatchObject({ unsynced: 0, quarantined: 0, conflicts: [] })
  expect(await terminal.verify()).toBeUndefined()
  for (const { leaseId } of terminal.leases) await overCuts(() => terminal.returnSeats(leaseId))
  await terminal.close()
}

/** Somebody at home: wants a seat, and pays for it by phone, at a window, or not at all. */
async function buyOnline(
  suite: Suite,
  tripId: string,
  phone: string,
  random: () => number,
): Promise<Booking | undefined> {
  const who = passenger()
  const seats = coachSeats()
  const label = seats[Math.floor(random() * seats.length)]!.label
  const from = Math.floor(random() * 3)
  const legs = [from, from + 1 + Math.floor(random() * (3 - from))] as const
  const hold = holdOf(tripId, label, legs)
  try {
    const { booking } = await suite.client(TicketingService, who).holdSeats(hold)
    const way = random()
    if (way < 0.4) await payAtCounter(suite, booking!)
    else if (way < 0.9) {
      const { paymentIntentId } = booking!
      await suite
        .client(PaymentService, who)
        .confirmPaymentIntent({ paymentIntentId, method: Method.MPESA, phone, idempotencyKey: newId() })
    }
    return way < 0.9 ? booking : undefined
  } catch (err) {
    expect(reasonOf(err)).toBe('SEAT_TAKEN')
    return undefined
  }
}

const sumOf = async (suite: Suite, service: string, query: string): Promise<bigint> => {
  const [row] = await suite.sql(service).unsafe<{ minor: string | null }[]>(query)
  return BigInt(row?.minor ?? 0)
}

const balanceOf = (kind: string) => `
  select sum(case when debit_kind = '${kind}' then amount_minor else -amount_minor end) as minor
  from journal_transfer where '${kind}' in (debit_kind, credit_kind)`

placements(
  `twenty counters sell one bus from leases while five hundred people buy online, cut off at random (seed ${SEED}): no seat-leg is sold twice, and cash and mobile money are the ledger's, to the franc [S1-65][S1-66]`,
  [ticketing, payment, qr],
  async (suite, world) => {
    world.connect(suite)
    const company = newCompany()
    const [tripId] = await putOnSale(suite, tripOf(company))
    const folder = mkdtempSync(join(tmpdir(), 'counters-'))
    try {
      const counters = await Promise.all(
        Array.from({ length: DEVICES }, (_, i) =>
          openCounter(suite, company, join(folder, String(i)), chance(SEED + i)),
        ),
      )
      const random = chance(SEED)
      const paid: Booking[] = []
      const lane = async (first: number) => {
        for (let i = first; i < BUYERS; i += LANES) {
          const booking = await buyOnline(suite, tripId!, phoneOf(i), random)
          if (booking) paid.push(booking)
        }
      }
      const selling = counters.map((counter) => workAtCounter(tripId!, counter))
      await Promise.all([...selling, ...Array.from({ length: LANES }, (_, first) => lane(first))])
      const ids = paid.map(({ bookingId }) => bookingId)
      await vi.waitFor(
        async () => {
          await suite.settle()
          const waiting = await suite.sql('ticketing')`
            select 1 from booking where booking_id = any(${ids}) and state <> 'CONFIRMED'`
          expect(waiting).toHaveLength(0)
        },
        { timeout: 60_000, interval: 200 },
      )
      await suite.runJob('ticketing', 'post-counter-sales')
      await suite.settle()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    const books = suite.sql('ticketing')
    expect(await doubleSales(books)).toBe(0)
    // Whoever has paid has the one live claim of a seat, on exactly the legs that were paid for.
    const seatless = await books`
      select 1 from booking b join passenger p on p.booking_id = b.booking_id
      where b.state = 'CONFIRMED' and not exists (
        select 1 from seat_claim c where c.booking_id = b.booking_id and c.seat_label = p.seat_label
          and c.legs = int4range(b.from_sequence, b.to_sequence) and c.release_time is null and c.hold_expire_time is null)`
    expect(seatless).toHaveLength(0)

    const drawers = await sumOf(suite, 'ticketing', 'select sum(cash_minor) as minor from pos_entry')
    const sold = await sumOf(
      suite,
      'ticketing',
      "select sum(total_minor) as minor from booking where state = 'CONFIRMED'",
    )
    const cash = await sumOf(suite, 'payment', balanceOf('CASH'))
    const mobile = await sumOf(suite, 'payment', balanceOf('PROVIDER_CLEARING'))
    const windows = await sumOf(
      suite,
      'payment',
      "select sum(amount_minor) as minor from payment_attempt where provider = 'cash' and cause = 'counted by staff'",
    )
    expect(drawers).toBeGreaterThan(0n)
    expect(cash).toBe(drawers + windows)
    expect(mobile).toBe(BigInt(world.sandbox.totals()['RWF']?.charged.amount ?? 0))
    expect(cash + mobile).toBe(sold)
    const { lines } = await suite.client(PaymentService, manager(company.tenantId)).getTrialBalance({})
    const side = (name: 'debitTotal' | 'creditTotal') =>
      lines.reduce((sum, line) => sum + (line[name]?.units ?? 0n), 0n)
    expect(side('debitTotal')).toBe(side('creditTotal'))
  },
  { outside: paymentWorld, placements: ['memory'], sendTwice: false, deliveries: 1, timeoutMs: 180_000 },
)
