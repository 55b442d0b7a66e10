import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type Interceptor } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import postgres from 'postgres'
import { expect, inject } from 'vitest'
import { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import { Booking_State as State, Ticket_State as TicketState } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { placements, type Suite, type Who } from '#kit/testing'
import { freePort } from '../../deploy/local/index.ts'
import payment from '../../services/payment/service.ts'
import qr from '../../services/qr/service.ts'
import ticketing from '../../services/ticketing/service.ts'
import { conductor } from '../../services/ticketing/testing/crew.ts'
import { doubleSales } from '../../services/ticketing/testing/faults.ts'
import { coachSeats, newCompany, newId, putOnSale, tripOf } from '../../services/ticketing/testing/network.ts'
import { refusal } from '../../services/ticketing/testing/people.ts'
import { mortal } from './testing/mortal/birth.ts'

/** A process beside the suite, on its database and events, that can be killed; and a client of it. */
async function anotherProcess(suite: Suite, who: Who, keysDir: string) {
  const port = await freePort()
  const process = mortal({
    services: ['ticketing', 'payment', 'qr'],
    infra: { databaseUrl: suite.databaseUrl, redisUrl: inject('REDIS_URL'), natsUrl: inject('NATS_URL') },
    namespace: suite.namespace,
    now: suite.clock.now().toISOString(),
    ackWaitMs: 5_000,
    userKeys: suite.issuer.keys,
    ...{ keysDir, port, env: {} },
  })
  const token = await suite.token(who)
  const signedIn: Interceptor = (next) => async (call) => {
    call.header.set('authorization', `Bearer ${token}`)
    return next(call)
  }
  const baseUrl = `http://127.0.0.1:${port}`
  const transport = createConnectTransport({ baseUrl, httpVersion: '1.1', interceptors: [signedIn] })
  return { process, crew: createClient(BoardingService, transport) }
}

/** Calls that are to be under way when their process is killed: about to write into a table, with all before it done. */
type Stage = {
  readonly table: string
  readonly calls: () => Promise<unknown>[]
  readonly reached?: () => Promise<boolean>
}

/**
 * Brings calls to their stages, one after another, and kills their process. What it was doing in the database then ends as
 * the database ends what nobody waits for.
 */
async function killedAmid(suite: Suite, process: { kill(): Promise<void> }, stages: readonly Stage[]): Promise<void> {
  const sql = postgres(suite.databaseUrl, { max: 1, onnotice: () => {} })
  const running: Promise<'answered' | 'cut'>[] = []
  try {
    await sql.begin(async (tx) => {
      for (const { table, calls, reached } of stages) {
        await tx.unsafe(`lock table ${table} in exclusive mode`)
        const begun = calls().map((call) =>
          call.then(
            () => 'answered' as const,
            () => 'cut' as const,
          ),
        )
        running.push(...begun)
        const waiting = async () => {
          const rows = await tx`select 1 from pg_locks where not granted and relation = ${table}::regclass`
          return rows.length >= begun.length && (!reached || (await reached()))
        }
        await expect.poll(waiting, { timeout: 30_000 }).toBe(true)
      }
      await process.kill()
    })
    expect(new Set(await Promise.all(running))).toEqual(new Set(['cut']))
  } finally {
    await sql.end({ timeout: 1 })
  }
}

const walkUp = (tripId: string, seatLabel: string) => ({
  bookingId: newId(),
  ...{ tripId, fromSequence: 0, toSequence: 3 },
  passengers: [{ name: `Walk-up of ${seatLabel}`, seatLabel }],
})

placements(
  'a door sale whose process is killed before or after its cash is taken loses no seat, sells none twice and books the cash once, repeated or not',
  [ticketing, payment, qr],
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const seats = coachSeats().slice(4, 8)
    const [tripId = ''] = await putOnSale(suite, tripOf(company, { seats }))
    const who = conductor(tenantId)
    const crew = suite.client(BoardingService, who)
    const keysDir = mkdtempSync(join(tmpdir(), 'tms-door-'))
    const other = await anotherProcess(suite, who, keysDir)
    const ledger = suite.sql('payment')
    const cash = async () => {
      const [row] = await ledger<{ count: number; minor: string }[]>`
        select count(*)::int, coalesce(sum(amount_minor), 0) as minor from journal_transfer where debit_kind = 'CASH'`
      return [row!.count, Number(row!.minor)]
    }
    const ofSeat = async (label: string) => {
      const { manifest } = await crew.getManifest({ tripId })
      return manifest!.passengers.find(({ entry }) => entry?.seatLabel === label)?.entry?.ticket?.state
    }
    try {
      await other.process.start()
      // Two sales have their cash, and no ticket is written yet; two have their seats, and no payment was asked for yet.
      const [asked, heard] = [walkUp(tripId, '2C'), walkUp(tripId, '2D')]
      const [repeated, given] = [walkUp(tripId, '2A'), walkUp(tripId, '2B')]
      const begin = (...sales: ReturnType<typeof walkUp>[]) => sales.map((sale) => other.crew.sellAtDoor(sale))
      await killedAmid(suite, other.process, [
        { table: 'ticketing.ticket', calls: () => begin(asked, heard), reached: async () => (await cash())[0] === 2 },
        { table: 'payment.payment_intent', calls: () => begin(repeated, given) },
      ])
      expect(await cash()).toEqual([2, 6_000])

      // The seats are nobody else's, and the sale goes on where it was, however often it is repeated.
      expect(await refusal(crew.sellAtDoor(walkUp(tripId, '2A')))).toBe('SEAT_TAKEN')
      const { booking } = await crew.sellAtDoor(repeated)
      expect(booking).toMatchObject({
        state: State.CONFIRMED,
        passengers: [{ ticket: { state: TicketState.BOARDED } }],
      })
      const again = await Promise.all([crew.sellAtDoor(asked), crew.sellAtDoor(asked)])
      expect(again.map((answer) => answer.booking?.state)).toEqual([State.CONFIRMED, State.CONFIRMED])
      expect(await cash()).toEqual([3, 9_000])
      // Nobody repeats the other: payment's event makes its ticket, and its passenger boards as any does.
      await expect.poll(() => ofSeat('2D'), { timeout: 30_000 }).toBe(TicketState.ISSUED)
      expect(await ofSeat('2C')).toBe(TicketState.BOARDED)

      // What was given up before the cash is free when its hold is over, and only then.
      expect(await refusal(crew.sellAtDoor(walkUp(tripId, '2B')))).toBe('SEAT_TAKEN')
      await suite.advance({ minutes: 11 })
      const next = await crew.sellAtDoor(walkUp(tripId, '2B'))
      expect(next.booking?.state).toBe(State.CONFIRMED)
      expect(await refusal(crew.sellAtDoor(given))).toBe('NOT_HELD')
      await suite.settle()
      expect(await cash()).toEqual([4, 12_000])
      expect(await doubleSales(suite.sql('ticketing'))).toBe(0)
    } finally {
      await other.process.kill()
      rmSync(keysDir, { recursive: true, force: true })
    }
  },
  { placements: ['memory'], timeoutMs: 120_000 },
)
