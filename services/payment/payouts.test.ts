import { expect } from 'vitest'
import { moneyFromProto, reasonOf } from '#kit'
import { placements } from '#kit/testing'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import {
  PaymentAlertRaised_Kind as Alert,
  PaymentAlertRaisedSchema,
  PayoutFailedSchema,
  PayoutSettledSchema,
} from '#gen/tms/payment/v1/events_pb.ts'
import {
  Payee_Kind,
  Payout_State as State,
  type StatementItem,
  StatementItem_Kind as Kind,
} from '#gen/tms/payment/v1/payout_pb.ts'
import { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import payment from './service.ts'
import { eventually, newId, phones, TENANT } from './testing/orders.ts'
import { paymentWorld } from './testing/outside.ts'
import { ask, balanced, clerk, dueOf, office, payeeOf, payOut, payoutReached } from './testing/payouts.ts'

const outside = { outside: paymentWorld }
const because = (reason: string) => (err: unknown) => reasonOf(err) === reason
const sumOf = (items: readonly StatementItem[]) =>
  items.reduce((sum, { amount }) => sum + (amount ? moneyFromProto(amount).minor : 0n), 0n)

placements(
  'one person asks, another approves, and the payee has the money once; the statement adds up [S4-25]',
  [payment],
  async (suite, world) => {
    const people = await office(suite, world, 2)
    const { maker, checker, payeeId } = people
    expect(await dueOf(people, payeeId)).toBe(8_100)
    const payoutId = newId()
    const { payout: asked } = await ask(people, payeeId, 5_000, payoutId)
    expect(asked).toMatchObject({ state: State.AWAITING_APPROVAL, account: phones.approves, makerUserId: maker.userId })
    // Set aside at once, and sent to nobody yet.
    expect(await dueOf(people, payeeId)).toBe(3_100)
    expect(world.sandbox.requests('b2c')).toHaveLength(0)

    const own = maker.approvePayout({ payoutId, idempotencyKey: newId() })
    await expect(own).rejects.toSatisfy(because('SAME_PERSON'))
    const { payout: approved } = await checker.approvePayout({ payoutId, idempotencyKey: newId() })
    expect(approved).toMatchObject({ state: State.APPROVED, checkerUserId: checker.userId })
    const again = checker.approvePayout({ payoutId, idempotencyKey: newId() })
    await expect(again).rejects.toSatisfy(because('ALREADY_DECIDED'))

    const paid = await payoutReached(people, payoutId, State.SUCCEEDED)
    expect(paid.receipt).toBe(
      world.sandbox.payments(phones.approves).find(({ kind }) => kind === 'b2c')?.outcome?.receipt,
    )
    expect(world.sandbox.totals()['RWF']?.paidOut).toEqual({ count: 1, amount: 5_000 })
    expect(sumOf(paid.statement)).toBe(5_000n)
    const lines = paid.statement.map(({ kind, amount }) => [kind, Number(amount?.units)])
    expect(lines).toEqual([
      [Kind.GROSS, 9_000],
      [Kind.PLATFORM_FEE, -900],
      [Kind.KEPT_BACK, -3_100],
    ])
    expect(await suite.published(PayoutSettledSchema)).toMatchObject([{ payoutId, amount: { units: 5_000n } }])

    // The next one continues it: everything due, in one press.
    const size = { case: 'everythingIn', value: 'RWF' } as const
    const { payout: rest } = await maker.createPayout({ payoutId: newId(), payeeId, size, remark: 'the rest' })
    expect(rest?.statement.map(({ kind, amount }) => [kind, Number(amount?.units)])).toEqual(
      expect.arrayContaining([
        [Kind.BROUGHT_FORWARD, 8_100],
        [Kind.EARLIER_PAYOUTS, -5_000],
      ]),
    )
    expect(sumOf(rest?.statement ?? [])).toBe(3_100n)
    await expect(ask(people, payeeId, 1_000)).rejects.toSatisfy(because('PAYOUT_EXCEEDS_DUE'))
    expect((await maker.listPayouts({ pageSize: 1 })).payouts).toMatchObject([{ payoutId: rest?.payoutId }])
    expect((await maker.listPayouts({ state: State.SUCCEEDED })).payouts).toMatchObject([{ payoutId }])
    await balanced(suite)
  },
  { ...outside, env: { PAYMENT_FEE_BASIS_POINTS: '1000' } },
)

placements(
  'an account needs a second person, a changed one cools down, and no payout goes elsewhere meanwhile',
  [payment],
  async (suite, world) => {
    const people = await office(suite, world)
    const { maker, checker, payeeId } = people
    const accountId = newId()
    const changed = { accountId, payeeId, method: Method.MPESA, account: '+250788100008' }
    await maker.changePayeeAccount(changed)
    const second = maker.changePayeeAccount({ ...changed, accountId: newId() })
    await expect(second).rejects.toSatisfy(because('ACCOUNT_CHANGE_PENDING'))
    const own = maker.decidePayeeAccount({ accountId, approve: true, idempotencyKey: newId() })
    await expect(own).rejects.toSatisfy(because('SAME_PERSON'))
    const { payout: before } = await ask(people, payeeId, 1_000)
    expect(before?.account).toBe(phones.approves)

    await checker.decidePayeeAccount({ accountId, approve: true, idempotencyKey: newId() })
    const late = checker.decidePayeeAccount({ accountId, approve: false, idempotencyKey: newId() })
    await expect(late).rejects.toSatisfy(because('ALREADY_DECIDED'))
    const cooling = await maker.getPayee({ payeeId })
    expect(cooling.payee).toMatchObject({ account: { account: phones.approves }, nextAccount: { accountId } })
    suite.clock.advance({ hours: 25 })
    expect((await maker.getPayee({ payeeId })).payee?.account).toMatchObject({ account: '+250788100008' })
    // What was asked for goes where its approver saw it go, or nowhere.
    const payoutId = before?.payoutId ?? ''
    const stale = checker.approvePayout({ payoutId, idempotencyKey: newId() })
    await expect(stale).rejects.toSatisfy(because('ACCOUNT_UNUSABLE'))
    const { payout } = await maker.cancelPayout({ payoutId, idempotencyKey: newId() })
    expect(payout?.state).toBe(State.CANCELLED)
    expect(await dueOf(people, payeeId)).toBe(4_500)

    const sql = suite.sql('payment')
    const forged = sql`update payee_account set checker_user_id = maker_user_id where account_id = ${accountId}`
    await expect(forged).rejects.toThrow('payee_account_two_people')
  },
  outside,
)

placements(
  'what cannot be paid is refused before anything is written down',
  [payment],
  async (suite, world) => {
    const people = await office(suite, world)
    const { maker, checker, payeeId } = people
    const payee = { payeeId: newId(), kind: Payee_Kind.COMPANY, displayName: 'x', method: Method.MPESA }
    for (const account of ['+254700', 'somebody@example.com', '+14155550123']) {
      const refused = maker.createPayee({ ...payee, account })
      await expect(refused).rejects.toSatisfy(because('METHOD_UNSUITABLE'))
    }
    const cash = maker.createPayee({ ...payee, method: Method.CASH, account: phones.approves })
    await expect(cash).rejects.toSatisfy(because('METHOD_UNSUITABLE'))
    const paypal = maker.createPayee({ ...payee, method: Method.PAYPAL, account: 'somebody@example.com' })
    await expect(paypal).rejects.toThrow('this method does not send money out')
    const nobody = maker.createPayee({ ...payee, kind: Payee_Kind.DRIVER, account: phones.approves })
    await expect(nobody).rejects.toSatisfy(because('REQUEST_INVALID'))
    await expect(ask(people, payeeId, 9)).rejects.toSatisfy(because('METHOD_UNSUITABLE'))
    await expect(ask(people, payeeId, 4_501)).rejects.toSatisfy(because('PAYOUT_EXCEEDS_DUE'))
    await expect(ask(people, newId(), 10)).rejects.toSatisfy(because('PAYEE_UNKNOWN'))
    const driver = await payeeOf(people, { kind: Payee_Kind.DRIVER, holderId: newId() })
    await expect(ask(people, driver, 10)).rejects.toSatisfy(because('PAYOUT_EXCEEDS_DUE'))

    const payoutId = newId()
    await ask(people, payeeId, 1_000, payoutId)
    const reused = ask(people, payeeId, 2_000, payoutId)
    await expect(reused).rejects.toSatisfy(because('IDEMPOTENCY_KEY_REUSED'))
    await checker.rejectPayout({ payoutId, idempotencyKey: newId(), reason: 'not this week' })
    expect((await maker.getPayout({ payoutId })).payout).toMatchObject({
      state: State.REJECTED,
      failureCode: 'not this week',
    })
    expect(await dueOf(people, payeeId)).toBe(4_500)

    // Another company's staff sees none of it; readers see no full number.
    const stranger = clerk(suite, newId())
    await expect(stranger.getPayee({ payeeId })).rejects.toSatisfy(because('PAYEE_UNKNOWN'))
    const theirs = stranger.approvePayout({ payoutId, idempotencyKey: newId() })
    await expect(theirs).rejects.toSatisfy(because('PAYOUT_UNKNOWN'))
    expect((await stranger.listPayouts({})).payouts).toEqual([])
    const reader = suite.client(PayoutService, {
      userId: newId(),
      tenantId: TENANT,
      permissions: ['payment.payouts.read'],
    })
    expect((await reader.listPayees({})).payees.map(({ account }) => account?.account)).toEqual([
      expect.stringContaining('•'),
      expect.stringContaining('•'),
    ])
    await expect(reader.cancelPayout({ payoutId, idempotencyKey: newId() })).rejects.toSatisfy(
      because('PERMISSION_MISSING'),
    )
  },
  outside,
)

placements(
  'fifty who ask at once pass neither the day’s limit nor what is due',
  [payment],
  async (suite, world) => {
    const people = await office(suite, world, 3)
    const { checker, payeeId } = people
    const race = async (minor: number) => {
      const asked = await Promise.allSettled(Array.from({ length: 50 }, () => ask(people, payeeId, minor)))
      const reasons = new Set(asked.flatMap((one) => (one.status === 'rejected' ? [reasonOf(one.reason)] : [])))
      return {
        won: asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value.payout?.payoutId ?? ''] : [])),
        reasons,
      }
    }
    const capped = await race(300)
    expect(capped).toMatchObject({ won: { length: 33 }, reasons: new Set(['PAYOUT_CAP_REACHED']) })
    const forced = suite.sql('payment')`update payout_day set used_minor = cap_minor + 1`
    await expect(forced).rejects.toThrow('payout_day_within_cap')
    // What is not sent after all counts no more, and the next day begins anew.
    await checker.rejectPayout({ payoutId: capped.won[0] ?? '', idempotencyKey: newId(), reason: 'no' })
    await ask(people, payeeId, 300)
    await expect(ask(people, payeeId, 300)).rejects.toSatisfy(because('PAYOUT_CAP_REACHED'))
    suite.clock.advance({ hours: 24 })
    const due = await race(300)
    expect(due).toMatchObject({ won: { length: 12 }, reasons: new Set(['PAYOUT_EXCEEDS_DUE']) })
    expect(await dueOf(people, payeeId)).toBe(0)
    const sql = suite.sql('payment')
    const forged = sql`insert into payout select (jsonb_populate_record(payout, jsonb_build_object('payout_id', ${newId()}::text,
      'callback_token', 'forged'))).* from payout limit 1`
    await expect(forged).rejects.toThrow('more than is due')
    await balanced(suite)
  },
  { ...outside, env: { PAYMENT_PAYOUT_TENANT_DAILY_CAPS: 'RWF:10000' }, placements: ['memory'] },
)

placements(
  'a statement whose lines do not add up cannot be stored, nor one be changed',
  [payment],
  async (suite, world) => {
    const people = await office(suite, world)
    const payoutId = newId()
    await ask(people, people.payeeId, 1_000, payoutId)
    const sql = suite.sql('payment')
    const added = sql`insert into payout_item (payout_id, line, tenant_id, kind, amount_minor, total_minor)
      values (${payoutId}, 99, ${TENANT}, 'TAX', -1, -1)`
    await expect(added).rejects.toThrow('do not add up')
    await expect(sql`update payout_item set amount_minor = 1`).rejects.toThrow('append-only')
    const more = sql`update payout set amount_minor = amount_minor + 1 where payout_id = ${payoutId}`
    await expect(more).rejects.toThrow('do not add up')
    const alone = sql`update payout set state = 'APPROVED' where payout_id = ${payoutId}`
    await expect(alone).rejects.toThrow('payout_approved')
  },
  { ...outside, placements: ['memory'] },
)

placements(
  'a payout that the provider refuses is told, and its amount is due again',
  [payment],
  async (suite, world) => {
    const people = await office(suite, world)
    world.sandbox.phone(phones.approves).scenario({ operationCode: '2040' })
    const payoutId = await payOut(people, people.payeeId, 1_000)
    const failed = await payoutReached(people, payoutId, State.FAILED)
    expect(failed.failureCode).toBe('2040')
    expect(await suite.published(PayoutFailedSchema)).toMatchObject([{ payoutId, failureCode: '2040' }])
    expect(await suite.published(PaymentAlertRaisedSchema)).toMatchObject([
      { kind: Alert.PAYOUT_REFUSED, subjectId: payoutId },
    ])
    expect(await dueOf(people, people.payeeId)).toBe(4_500)
    const [day] = await suite.sql('payment')`select sum(used_minor)::int as used from payout_day`
    expect(day?.['used']).toBe(0)
    await balanced(suite)

    // Too late to give up what is gone, even when it has failed.
    const cancel = people.maker.cancelPayout({ payoutId, idempotencyKey: newId() })
    await expect(cancel).rejects.toSatisfy(because('PAYOUT_SENT'))
  },
  outside,
)

placements(
  'payouts of a provider that is set so leave together, at the next time of day',
  [payment],
  async (suite, world) => {
    const people = await office(suite, world)
    const payoutId = await payOut(people, people.payeeId, 1_000)
    // 09:00 in East Africa.
    await suite.advance({ minutes: 29 })
    expect(world.sandbox.requests('b2c')).toHaveLength(0)
    await suite.advance({ minutes: 2 })
    await payoutReached(people, payoutId, State.SUCCEEDED)
    await eventually(async () => world.sandbox.totals()['RWF']?.paidOut.count, 'paid out')
  },
  {
    ...outside,
    env: { PAYMENT_PAYOUT_BATCH_PROVIDERS: 'mpesa', PAYMENT_PAYOUT_BATCH_TIMES: '09:30,16:00' },
    placements: ['memory'],
  },
)
