import fc from 'fast-check'
import { expect } from 'vitest'
import { money, moneyToProto } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { AccountKind, JournalEntry_Kind as Kind } from '#gen/tms/payment/v1/ledger_pb.ts'
import { PaymentIntent_State as State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import payment from './service.ts'
import { sellForCash as sell, totals } from './testing/books.ts'
import { eventually, newId, placeOrder, reached, TENANT } from './testing/orders.ts'
import { paymentWorld } from './testing/outside.ts'

const OTHER = '0190f000-0000-7000-8000-0000000b0b0b'
/** Sells for cash at the counter of a company. */
const sellForCash = (suite: Suite, tenantId: string, minor: bigint) =>
  sell(suite, tenantId, moneyToProto(money('RWF', minor)))

function bookkeeper(suite: Suite, tenantId: string) {
  return suite.client(PaymentService, { userId: newId(), tenantId, permissions: ['payment.ledger.read'] })
}

placements(
  'whatever is sold, taken back and refused, debits and credits are equal for every company and for the platform',
  [payment],
  async (suite) => {
    const ticketing = suite.peer(PaymentService, 'ticketing')
    const refundOf = (paymentIntentId: string, minor: bigint) =>
      ticketing
        .refundPayment({
          refundId: newId(),
          paymentIntentId,
          amount: moneyToProto(money('RWF', minor)),
          reason: 'property',
        })
        .catch(() => undefined) // more than was captured: refused, which is a move like any other here
    const move = fc.record({
      tenantId: fc.constantFrom(TENANT, OTHER),
      paid: fc.bigInt(1n, 1_000_000n),
      refunds: fc.array(fc.bigInt(1n, 600_000n), { maxLength: 3 }),
    })
    let expected = 0n
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 4 }), async (moves) => {
        for (const { tenantId, paid, refunds } of moves) {
          const order = await sellForCash(suite, tenantId, paid)
          expected += paid
          for (const minor of refunds) if (await refundOf(order.paymentIntentId, minor)) expected -= minor
        }
        for (const tenantId of [TENANT, OTHER]) {
          const { lines } = await bookkeeper(suite, tenantId).getTrialBalance({})
          expect(totals(lines).debit).toBe(totals(lines).credit)
          expect(lines.filter(({ account }) => account?.kind === AccountKind.CASH).length).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 6, endOnFailure: true },
    )
    const platform = suite.client(PaymentService, { userId: newId(), permissions: ['*'] })
    const { lines } = await platform.getPlatformTrialBalance({})
    expect(totals(lines).debit).toBe(totals(lines).credit)
    const cash = totals(lines.filter(({ account }) => account?.kind === AccountKind.CASH))
    expect(cash.debit - cash.credit).toBe(expected)
  },
  { env: { PAYMENT_FEE_BASIS_POINTS: '250' }, timeoutMs: 120_000 },
)

placements('no row of the books can be out of balance, changed, or taken away', [payment], async (suite) => {
  const order = await sellForCash(suite, TENANT, 4500n)
  const sql = suite.sql('payment')
  const post = (change: Record<string, string | number | null>) => sql`
    insert into journal_transfer ${sql({
      entry_id: newId(),
      line: 0,
      tenant_id: TENANT,
      kind: 'CAPTURE',
      payment_intent_id: order.paymentIntentId,
      cause_id: newId(),
      debit_kind: 'CASH',
      debit_holder: TENANT,
      credit_kind: 'TENANT_PAYABLE',
      credit_holder: TENANT,
      currency: 'RWF',
      amount_minor: 100,
      post_time: '2026-11-20T06:00:00Z',
      ...change,
    })}`
  await post({})
  await expect(post({ amount_minor: 0 })).rejects.toThrow('amount_minor')
  await expect(post({ amount_minor: -5 })).rejects.toThrow('amount_minor')
  await expect(post({ credit_kind: null })).rejects.toThrow('not-null')
  await expect(post({ credit_kind: 'CASH' })).rejects.toThrow('journal_transfer_two_accounts')
  await expect(post({ credit_kind: 'POCKET' })).rejects.toThrow('journal_transfer_accounts_known')
  const [attempt] = await sql`select attempt_id from payment_attempt`
  await expect(post({ cause_id: String(attempt?.['attempt_id']) })).rejects.toThrow('journal_transfer_once')

  for (const table of ['journal_transfer', 'state_change']) {
    await expect(sql`update ${sql(table)} set tenant_id = ${OTHER}`.catch(appendOnly)).resolves.toBe('append-only')
    await expect(sql`delete from ${sql(table)}`.catch(appendOnly)).resolves.toBe('append-only')
    await expect(sql`truncate ${sql(table)} cascade`.catch(appendOnly)).resolves.toBe('append-only')
    const may = sql`select has_table_privilege('tms_payment', ${table}, 'UPDATE, DELETE, TRUNCATE') as may`
    expect(await may).toMatchObject([{ may: false }])
  }
  // Callbacks are deleted once they are old, and by nobody changed or all taken away.
  await expect(sql`truncate callback cascade`).rejects.toThrow('append-only')
  const may = sql`select has_table_privilege('tms_payment', 'callback', 'UPDATE, TRUNCATE') as may`
  expect(await may).toMatchObject([{ may: false }])
})

/** Column `tenant_id` is not everywhere: what matters is that nothing was changed. */
function appendOnly(err: Error): string {
  return /append-only|does not exist/.test(err.message) ? 'append-only' : err.message
}

placements('a state that the table does not allow is refused by the database', [payment], async (suite) => {
  const order = await sellForCash(suite, TENANT, 4500n)
  const sql = suite.sql('payment')
  const id = order.paymentIntentId
  const back = sql`update payment_intent set state = 'REQUIRES_PAYMENT' where payment_intent_id = ${id}`
  await expect(back).rejects.toThrow('state_change_allowed')
  const history =
    await sql`select from_state, to_state, cause from state_change where entity_id = ${id} order by change_id`
  expect(history).toMatchObject([
    { from_state: null, to_state: 'REQUIRES_PAYMENT', cause: 'order made' },
    { from_state: 'REQUIRES_PAYMENT', to_state: 'PROCESSING', cause: 'payer began to pay' },
    { from_state: 'PROCESSING', to_state: 'SUCCEEDED', cause: 'counted by staff' },
  ])
  // PostgreSQL reads them anew for every statement: a long one costs more than the row that it guards.
  const long = sql`select conname from pg_constraint
    where contype = 'c' and connamespace = current_schema()::regnamespace and length(conbin::text) > 16000`
  expect(await long).toEqual([])
})

placements(
  'the journal tells what was booked for a payment, its fee and its refund, newest first, page by page',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const order = await placeOrder(suite)
    await order.pay()
    await reached(suite, order, State.SUCCEEDED)
    const { paymentIntentId } = order
    const amount = moneyToProto(money('RWF', 1000))
    const ticketing = suite.peer(PaymentService, 'ticketing')
    await ticketing.refundPayment({ refundId: newId(), paymentIntentId, amount, reason: 'one seat less' })
    const books = bookkeeper(suite, TENANT)
    const entries = await eventually(async () => {
      const { journalEntries } = await books.listJournalEntries({})
      return journalEntries.length === 3 ? journalEntries : undefined
    }, 'three entries')
    expect(entries.map(({ kind }) => kind)).toEqual([Kind.REFUND_SETTLED, Kind.REFUND_PROMISED, Kind.CAPTURE])
    expect(entries[2]?.transfers).toMatchObject([
      { debit: { kind: AccountKind.PROVIDER_CLEARING, holder: 'mpesa' }, amount: { units: 4387n } },
      { credit: { kind: AccountKind.PLATFORM_FEE, holder: 'platform' }, amount: { units: 113n } },
    ])
    const first = await books.listJournalEntries({ pageSize: 2, paymentIntentId })
    const second = await books.listJournalEntries({ pageSize: 2, paymentIntentId, pageToken: first.nextPageToken })
    const paged = [...first.journalEntries, ...second.journalEntries].map(({ entryId }) => entryId)
    expect(paged).toEqual(entries.map(({ entryId }) => entryId))

    expect((await bookkeeper(suite, OTHER).listJournalEntries({})).journalEntries).toEqual([])
    const platform = suite.client(PaymentService, { userId: newId(), permissions: ['payment.platform.read'] })
    expect((await platform.listPlatformJournalEntries({})).journalEntries).toHaveLength(3)
  },
  { outside: paymentWorld, env: { PAYMENT_FEE_BASIS_POINTS: '250' } },
)
