import { moneyToProto, money } from '#kit'
import type { Suite, Who } from '#kit/testing'
import type { Client } from '@connectrpc/connect'
import { AccountKind } from '#gen/tms/payment/v1/ledger_pb.ts'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Booking } from '#gen/tms/ticketing/v1/booking_pb.ts'
import type { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { newId } from './network.ts'
import { held, holdOf, passenger } from './people.ts'

/** What the role of an agent grants, and what everybody with a session may do. */
const AGENT = [
  'ticketing.bookings.create',
  'ticketing.bookings.read',
  'ticketing.bookings.cancel',
  'payment.intents.pay',
  'payment.intents.read',
  'ticketing.sales.create',
  'ticketing.sales.read',
  'ticketing.sales.cancel',
  'ticketing.tickets.board',
  'payment.cash.collect',
  'ticketing.shifts.work',
]

/** Somebody who sells at a counter. */
export const agentOf = (tenantId: string): Who => ({ userId: newId(), tenantId, permissions: AGENT })

/** Somebody who receives the cash of agents. */
export const supervisorOf = (tenantId: string): Who => ({
  userId: newId(),
  tenantId,
  permissions: ['ticketing.shifts.work', 'ticketing.shifts.supervise', 'payment.ledger.read'],
})

/** An amount of francs on the wire. */
export const francs = (minor: number) => moneyToProto(money('RWF', minor))

/** Counted notes: how many of which value. */
export const notes = (counted: Readonly<Record<number, number>>) =>
  Object.entries(counted).map(([value, count]) => ({ denomination: francs(Number(value)), count }))

/** A client of shifts. */
export type Till = Client<typeof ShiftService>

/** Opens a shift with a float, and answers its id. */
export async function openTill(till: Till, float: number, deviceId = newId(), shiftId = newId()): Promise<string> {
  await till.openShift({ shiftId, deviceId, stationId: newId(), float: francs(float) })
  return shiftId
}

/** Sells seats to a passenger who pays the agent in cash. */
export async function sellAt(suite: Suite, agent: Who, tripId: string, labels: string): Promise<Booking> {
  const booking = await held(suite.client(TicketingService, passenger()), holdOf(tripId, labels))
  await suite.client(PaymentService, agent).confirmPaymentIntent({
    paymentIntentId: booking.paymentIntentId,
    method: Method.CASH,
    idempotencyKey: newId(),
  })
  return booking
}

const kindNames = new Map<number, string>(Object.entries(AccountKind).map(([name, kind]) => [kind, name]))

/** What the company's books say: balances of accounts by kind, each on the side on which it grows, and whether all adds up. */
export async function balances(suite: Suite, tenantId: string): Promise<{ sum: bigint; of: Record<string, bigint> }> {
  const who = { userId: newId(), tenantId, permissions: ['payment.ledger.read'] }
  const { lines } = await suite.client(PaymentService, who).getTrialBalance({})
  let sum = 0n
  const of: Record<string, bigint> = {}
  for (const { account, debitTotal, creditTotal } of lines) {
    const net = (debitTotal?.units ?? 0n) - (creditTotal?.units ?? 0n)
    sum += net
    const kind = kindNames.get(account?.kind ?? AccountKind.UNSPECIFIED) ?? ''
    of[kind] = (of[kind] ?? 0n) + net
  }
  return { sum, of }
}
