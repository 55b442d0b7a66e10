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

/**
 * Kills a process while its calls are about to write into a table: nothing of what follows was done. What it was doing in the
 * database then ends as the database ends what nobody waits for.
 */
async function killedBefore(
  suite: Suite,
  { process }: { readonly process: { kill(): Promise<void> } },
  table: string,
  { calls, reached }: { readonly calls: () => Promise<unknown>[]; readonly reached: () => Promise<boolean> },
): Promise<void> {
  const sql = postgres(suite.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    await sql.begin(async (tx) => {
      await tx.unsafe(`lock table ${table} in exclusive mode`)
      const running = calls().map((call) =>
        call.then(
          () => 'answered',
          () => 'cut',
        ),
      )
      const waiting = async () => {
        const rows = await tx`select 1 from pg_locks where not granted and relation = ${table}::regclass`
        return rows.length >= running.length && (await reached())
      }
      await expect.poll(waiting, { timeout: 30_000 }).toBe(true)
      await process.kill()
      expect(new Set(await Promise.all(running))).toEqual(new Set(['cut']))
    })
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
    const [one, other] = [await anotherProcess(suite, who, keysDir), await anotherProcess(suite, who, keysDir)]
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
      await one.process.start()
      await other.process.start()
      // Two sales have their seats, and no payment was asked for yet.
      const [repeated, given] = [walkUp(tripId, '2A'), walkUp(tripId, '2B')]
      await killedBefore(suite, one, 'payment.payment_intent', {
        calls: () => [repeated, given].map((sale) => one.crew.sellAtDoor(sale)),
        reached: () => Promise.resolve(true),
      })
      expect(await refusal(crew.sellAtDoor(walkUp(tripId, '2A')))).toBe('SEAT_TAKEN')
      const { booking } = await crew.sellAtDoor(repeated)
      expect(booking).toMatchObject({
        state: State.CONFIRMED,
        passengers: [{ ticket: { state: TicketState.BOARDED } }],
      })
      expect(await cash()).toEqual([1, 3_000])

      // Two sales have their cash, and no ticket was written yet.
      const [asked, heard] = [walkUp(tripId, '2C'), walkUp(tripId, '2D')]
      await killedBefore(suite, other, 'ticketing.ticket', {
        calls: () => [asked, heard].map((sale) => other.crew.sellAtDoor(sale)),
        reached: async () => (await cash())[0] === 3,
      })
      expect(await cash()).toEqual([3, 9_000])
      const again = await Promise.all([crew.sellAtDoor(asked), crew.sellAtDoor(asked)])
      expect(again.map((answer) => answer.booking?.state)).toEqual([State.CONFIRMED, State.CONFIRMED])
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
      await Promise.all([one.process.kill(), other.process.kill()])
      rmSync(keysDir, { recursive: true, force: true })
    }
  },
  { placements: ['memory'], timeoutMs: 120_000 },
)
