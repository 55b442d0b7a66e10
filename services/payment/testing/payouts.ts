import { expect } from 'vitest'
import type { MessageInitShape } from '@bufbuild/protobuf'
import { money, moneyToProto } from '#kit'
import type { Stage } from './stage.ts'
import { Method, PaymentIntent_State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { Payee_Kind, type Payout_State as State } from '#gen/tms/payment/v1/payout_pb.ts'
import { type CreatePayeeRequestSchema, PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import { eventually, newId, phones, placeOrder, reached, TENANT } from './orders.ts'
import type { PaymentWorld } from './outside.ts'

const permissions = ['payment.payees.update', 'payment.payees.approve', 'payment.payouts.create']

/** Somebody of the company's office, with all that payouts ask for. */
export function clerk(suite: Stage, tenantId = TENANT, userId = newId()) {
  const may = [...permissions, 'payment.payouts.approve', 'payment.payouts.read']
  return { userId, ...suite.client(PayoutService, { userId, tenantId, permissions: may }) }
}

/** Two people of one office: one asks, the other approves. */
export type Office = { readonly maker: ReturnType<typeof clerk>; readonly checker: ReturnType<typeof clerk> }

/** An office whose company has been paid `orders` times RWF 4,500, and which may be paid out to a phone. */
export async function office(suite: Stage, world: PaymentWorld, orders = 1, phone: string = phones.approves) {
  world.connect(suite)
  for (let count = 0; count < orders; count++) {
    const order = await placeOrder(suite)
    await order.pay({ phone: `+2507882${String(count).padStart(3, '0')}07` })
    await reached(suite, order, PaymentIntent_State.SUCCEEDED)
  }
  const people: Office = { maker: clerk(suite), checker: clerk(suite) }
  return { ...people, payeeId: await payeeOf(people, { account: phone }) }
}

/** A payee whose account the checker has approved. */
export async function payeeOf(
  { maker, checker }: Office,
  change: MessageInitShape<typeof CreatePayeeRequestSchema> = {},
) {
  const payeeId = newId()
  await maker.createPayee({
    payeeId,
    kind: Payee_Kind.COMPANY,
    displayName: 'Volcano Coaches, main account',
    method: Method.MPESA,
    account: phones.approves,
    ...change,
  })
  await checker.decidePayeeAccount({ accountId: payeeId, approve: true, idempotencyKey: newId() })
  return payeeId
}

/** Asks for RWF `minor`. */
export function ask({ maker }: Pick<Office, 'maker'>, payeeId: string, minor: number, payoutId = newId()) {
  const size = { case: 'amount', value: moneyToProto(money('RWF', minor)) } as const
  return maker.createPayout({ payoutId, payeeId, size, remark: 'weekly payout' })
}

/** Asks for RWF `minor` and has it approved. */
export async function payOut(people: Office, payeeId: string, minor: number): Promise<string> {
  const payoutId = newId()
  await ask(people, payeeId, minor, payoutId)
  await people.checker.approvePayout({ payoutId, idempotencyKey: newId() })
  return payoutId
}

/** Waits until a payout has come to a state. */
export function payoutReached({ maker }: Pick<Office, 'maker'>, payoutId: string, state: State) {
  return eventually(async () => {
    const { payout } = await maker.getPayout({ payoutId })
    return payout?.state === state ? payout : undefined
  }, `payout in state ${state}`)
}

/** What is due in RWF. */
export async function dueOf({ maker }: Pick<Office, 'maker'>, payeeId: string): Promise<number> {
  const { dueAmount } = await maker.quotePayout({ payeeId, currencyCode: 'RWF' })
  return Number(dueAmount?.units)
}

/** Proves that the books balance, that nobody owes below zero, and that what is promised is what is under way. */
export async function balanced(suite: Stage): Promise<void> {
  const sql = suite.sql('payment')
  const [pending] = await sql`
    select coalesce(sum(case when credit_kind = 'PAYOUTS_PENDING' then amount_minor else 0 end
                      - case when debit_kind = 'PAYOUTS_PENDING' then amount_minor else 0 end), 0)::int as booked,
      (select coalesce(sum(amount_minor), 0)::int from payout
       where state in ('AWAITING_APPROVAL', 'APPROVED', 'SENDING', 'RETRYING', 'PENDING', 'UNKNOWN')) as under_way
    from journal_transfer`
  expect(pending?.['booked']).toBe(pending?.['under_way'])
  const [clearing] = await sql`
    select sum(case when debit_kind = 'PROVIDER_CLEARING' then amount_minor else -amount_minor end)::int as booked,
      (select sum(amount_minor)::int from payment_attempt where state = 'SUCCEEDED' and provider <> 'cash')
      - (select coalesce(sum(amount_minor), 0)::int from payment_refund where state = 'SUCCEEDED' and provider <> 'cash')
      - (select coalesce(sum(amount_minor), 0)::int from payout where state = 'SUCCEEDED') as held
    from journal_transfer where 'PROVIDER_CLEARING' in (debit_kind, credit_kind)`
  expect(clearing?.['booked']).toBe(clearing?.['held'])
}
