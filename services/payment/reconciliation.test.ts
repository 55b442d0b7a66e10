import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { PaymentAlertRaised_Kind as Alert, PaymentAlertRaisedSchema } from '#gen/tms/payment/v1/events_pb.ts'
import { AccountKind } from '#gen/tms/payment/v1/ledger_pb.ts'
import { PaymentAttempt_State as Attempt, PaymentIntent_State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import {
  Break_State as BreakState,
  Finding,
  Reconciliation_State as State,
  Resolution,
} from '#gen/tms/payment/v1/reconciliation_pb.ts'
import { nameOf } from './convert_reconciliation.ts'
import { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import payment from './service.ts'
import { referenceSealed } from './store/sealed.ts'
import { eventually, newId, placeOrder, reached, TENANT } from './testing/orders.ts'
import { paymentWorld } from './testing/outside.ts'
import {
  balances,
  bookkeeper,
  breakOf,
  findingName,
  found,
  reconcileFile,
  statementOf,
  uploadFile,
  ended,
} from './testing/reconciling.ts'

const TODAY = '2026-11-20'
const TOMORROW = '2026-11-21'
const outside = { outside: paymentWorld }
const because = (reason: string) => (err: unknown) => reasonOf(err) === reason

/** Orders under a reference of their own, and pays by a phone. */
async function sell(suite: Suite, orderReference: string, phone: string, minor = 4500) {
  const order = await placeOrder(suite, { orderReference, amount: moneyToProto(money('RWF', minor)) })
  await order.pay({ phone })
  return order
}

async function sold(suite: Suite, orderReference: string, phone: string, minor = 4500) {
  const order = await sell(suite, orderReference, phone, minor)
  await reached(suite, order, PaymentIntent_State.SUCCEEDED)
  return order
}

placements(
  'what the provider lists and what was sold agree, fees are booked once, and the same file twice changes nothing [S3-58, S4-27]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.scenario({ statementCharge: 25 })
    const first = await sold(suite, 'DAY001', '+250788100007')
    await sold(suite, 'DAY002', '+250788100008', 6000)
    const amount = moneyToProto(money('RWF', 1500))
    const refund = { refundId: newId(), paymentIntentId: first.paymentIntentId, amount, reason: 'one seat less' }
    await suite.peer(PaymentService, 'ticketing').refundPayment(refund)
    await eventually(
      async () => (await balances(suite)).of(AccountKind.REFUNDS_PENDING) === 0n || undefined,
      'the refund',
    )

    const file = await statementOf(world, TODAY)
    const done = await reconcileFile(suite, file)
    expect(done).toMatchObject({ state: State.COMPLETED, processedCount: 6, openBreakCount: 0, faults: [] })
    expect(found(done)).toEqual({ MATCHED: [3, 9000n, 9000n], FEE: [3, -75n, 0n] })
    const books = await balances(suite)
    expect(books.of(AccountKind.PROVIDER_CLEARING)).toBe(9000n - 75n)
    expect(books.of(AccountKind.PROVIDER_FEES)).toBe(75n)

    const again = await reconcileFile(suite, file)
    expect(again).toMatchObject({ state: State.REPEATED, repeatedReconciliationId: done.reconciliationId, totals: [] })
    // Another file with the same lines is compared, and books no fee again.
    const overlapping = await reconcileFile(suite, `${file}\r\n`)
    expect(found(overlapping)).toEqual(found(done))
    expect((await balances(suite)).of(AccountKind.PROVIDER_FEES)).toBe(75n)
    expect((await bookkeeper(suite).listBreaks({})).breaks).toEqual([])
    const { reconciliations } = await bookkeeper(suite).listReconciliations({ provider: 'mpesa' })
    expect(reconciliations.map(({ state }) => state)).toEqual([State.COMPLETED, State.REPEATED, State.COMPLETED])
  },
  outside,
)

placements(
  'every difference is found, exactly those, told once, and what arrives late closes by itself [S3-58, S4-27]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const faults = [
      ['+250788100011', 'drop'],
      ['+250788100012', 'change'],
      ['+250788100013', 'double'],
      ['+250788100014', 'midnight'],
      ['+250788100015', 'stranger'],
    ] as const
    await sold(suite, 'GOOD01', '+250788100007')
    for (const [index, [phone, statementFault]] of faults.entries()) {
      world.sandbox.phone(phone).scenario({ statementFault })
      await sold(suite, `SEED0${index}`, phone, 1000 + index)
    }
    // Paid there, and the news of it lost: here it is still open.
    const open = await sell(suite, 'OPEN01', '+250788100099', 2000)
    await world.sandbox.until(() => world.sandbox.payments('+250788100099')[0]?.outcome)

    const done = await reconcileFile(suite, await statementOf(world, TODAY))
    expect(found(done)).toEqual({
      MATCHED: [3, 4500n + 1002n + 1004n, 4500n + 1002n + 1004n],
      MISSING_HERE: [1, 1004n, 0n],
      MISSING_THERE: [2, 0n, 1000n + 1003n],
      AMOUNT_DIFFERS: [1, 1101n, 1001n],
      STATUS_DIFFERS: [1, 2000n, 0n],
      DUPLICATE: [1, 1002n, 0n],
    })
    expect(done.openBreakCount).toBe(6)
    await suite.settle()
    const told = (await suite.published(PaymentAlertRaisedSchema)).filter(
      ({ kind }) => kind === Alert.RECONCILIATION_BREAK,
    )
    const { breaks } = await bookkeeper(suite).listBreaks({})
    expect(told.map(({ subjectId }) => subjectId).sort()).toEqual(breaks.map(({ breakId }) => breakId).sort())

    // The payment settles by itself; the line that was moved over midnight stands in the next day's file.
    suite.clock.advance({ days: 1 })
    await suite.runJob('payment', 'query-unknown')
    await reached(suite, open, PaymentIntent_State.SUCCEEDED)
    const next = await reconcileFile(suite, await statementOf(world, TOMORROW))
    expect(found(next)).toEqual({ MATCHED: [1, 1003n, 1003n] })
    const { breaks: left } = await bookkeeper(suite).listBreaks({})
    expect(left.map(({ kind }) => findingName(kind)).sort()).toEqual([
      'AMOUNT_DIFFERS',
      'DUPLICATE',
      'MISSING_HERE',
      'MISSING_THERE',
    ])
    const { breaks: closed } = await bookkeeper(suite).listBreaks({ states: [BreakState.CLOSED_BY_MATCH] })
    expect(closed.map(({ kind }) => findingName(kind)).sort()).toEqual(['MISSING_THERE', 'STATUS_DIFFERS'])
    const { changes } = await bookkeeper(suite).getBreak({ breakId: closed[0]!.breakId })
    expect(changes.map(({ state }) => state)).toEqual([BreakState.OPEN, BreakState.CLOSED_BY_MATCH])
  },
  outside,
)

placements(
  'a break is resolved once, with the entry that its kind asks for, and the books then say what the provider says [S3-58]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.phone('+250788100015').scenario({ statementFault: 'stranger' })
    world.sandbox.phone('+250788100012').scenario({ statementFault: 'change' })
    world.sandbox.phone('+250788100011').scenario({ statementFault: 'drop' })
    await sold(suite, 'STRANG', '+250788100015', 1000)
    await sold(suite, 'CHANGE', '+250788100012', 2000)
    await sold(suite, 'LARGE1', '+250788100011', 9000)
    const open = await sell(suite, 'OPEN01', '+250788100099', 3000)
    await world.sandbox.until(() => world.sandbox.payments('+250788100099')[0]?.outcome)
    const done = await reconcileFile(suite, await statementOf(world, TODAY))

    const maker = bookkeeper(suite)
    const resolve = (breakId: string, resolution: Resolution, idempotencyKey = newId()) =>
      maker.resolveBreak({ idempotencyKey, breakId, resolution, reason: 'seen with the provider' })

    const stranger = await breakOf(suite, Finding.MISSING_HERE)
    const owner = newId()
    const { break: assigned } = await maker.assignBreak({ breakId: stranger.breakId, ownerUserId: owner })
    expect(assigned).toMatchObject({ state: BreakState.ASSIGNED, ownerUserId: owner })
    expect((await maker.listBreaks({ ownerUserId: owner })).breaks).toHaveLength(1)
    const bank = resolve(stranger.breakId, Resolution.BOOK_TO_BANK)
    await expect(bank).rejects.toSatisfy(because('RESOLUTION_UNSUITABLE'))
    const press = newId()
    const { break: resolved } = await resolve(stranger.breakId, Resolution.BOOK_TO_SUSPENSE, press)
    expect(resolved).toMatchObject({ state: BreakState.RESOLVED, resolution: Resolution.BOOK_TO_SUSPENSE })
    await resolve(stranger.breakId, Resolution.BOOK_TO_SUSPENSE, press)
    const secondClick = resolve(stranger.breakId, Resolution.BOOK_DIFFERENCE)
    await expect(secondClick).rejects.toSatisfy(because('BREAK_CLOSED'))
    const late = maker.assignBreak({ breakId: stranger.breakId, ownerUserId: owner })
    await expect(late).rejects.toSatisfy(because('BREAK_CLOSED'))

    await resolve((await breakOf(suite, Finding.AMOUNT_DIFFERS)).breakId, Resolution.BOOK_DIFFERENCE)
    await resolve((await breakOf(suite, Finding.STATUS_DIFFERS)).breakId, Resolution.SETTLE_SUBJECT)
    expect(await reached(suite, open, PaymentIntent_State.SUCCEEDED)).toMatchObject({
      latestAttempt: { state: Attempt.SUCCEEDED },
    })

    // Above the limit of one person a second one decides, who is not the first.
    const large = await breakOf(suite, Finding.MISSING_THERE)
    const checker = bookkeeper(suite)
    const decide = (client: typeof maker, approve: boolean) =>
      client.decideResolution({ idempotencyKey: newId(), breakId: large.breakId, approve, note: 'checked' })
    await expect(decide(checker, true)).rejects.toSatisfy(because('RESOLUTION_NOT_PROPOSED'))
    const proposed = await resolve(large.breakId, Resolution.BOOK_DIFFERENCE)
    expect(proposed.break).toMatchObject({ state: BreakState.PROPOSED, entryId: '' })
    const meanwhile = resolve(large.breakId, Resolution.NO_CHANGE)
    await expect(meanwhile).rejects.toSatisfy(because('BREAK_CLOSED'))
    expect((await decide(checker, false)).break?.state).toBe(BreakState.ASSIGNED)
    await resolve(large.breakId, Resolution.BOOK_DIFFERENCE)
    await expect(decide(maker, true)).rejects.toSatisfy(because('SAME_PERSON'))
    expect((await decide(checker, true)).break?.state).toBe(BreakState.RESOLVED)
    const { changes } = await maker.getBreak({ breakId: large.breakId })
    expect(changes.map(({ state }) => nameOf(BreakState, state))).toEqual([
      'OPEN',
      'PROPOSED',
      'ASSIGNED',
      'PROPOSED',
      'RESOLVED',
    ])

    const books = await balances(suite)
    expect(books.all).toBe(0n)
    const theirs = Object.values(found(done)).reduce((sum, [, provider]) => sum + provider, 0n)
    expect(books.of(AccountKind.PROVIDER_CLEARING)).toBe(theirs)
    expect(books.of(AccountKind.SUSPENSE)).toBe(-1000n)
    expect(books.of(AccountKind.RECONCILIATION_DIFFERENCE)).toBe(9000n - 100n)
    // What the company is owed is what it sold; entries of the platform are none of its business.
    expect(books.of(AccountKind.TENANT_PAYABLE)).toBe(-15_000n)
    const company = { userId: newId(), tenantId: TENANT, permissions: ['payment.ledger.read', 'payment.reports.read'] }
    const { journalEntries } = await suite.client(PaymentService, company).listJournalEntries({})
    expect(journalEntries).toHaveLength(4)
  },
  { ...outside, env: { PAYMENT_RECONCILIATION_LIMITS: 'RWF:5000' } },
)

placements(
  'a file that cannot be read tells its lines, and changes nothing',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    await sold(suite, 'DAY001', '+250788100007')
    const file = await statementOf(world, TODAY)
    const cases: [string, number, string][] = [
      [file.replace('"4,500.00"', '"4.500,00"'), 8, 'is not an amount'],
      [file.replace(/,Completed,/, ',Perhaps,'), 8, 'is not a known transaction status'],
      [file.replace('174379', '999999'), 0, 'not ours'],
      ['a,b,c\r\n1,2,3\r\n', 0, 'no header row'],
    ]
    for (const [content, lineNumber, words] of cases) {
      const refused = await reconcileFile(suite, content)
      expect(refused).toMatchObject({ state: State.FAILED, faults: [{ lineNumber }], totals: [] })
      expect(refused.faults[0]?.description).toContain(words)
    }
    const kept = await suite.sql('payment')`select count(*)::int as lines from settlement_line`
    expect(kept).toMatchObject([{ lines: 0 }])
    expect((await bookkeeper(suite).listBreaks({})).breaks).toEqual([])
    // Mended, the file is taken.
    expect(await reconcileFile(suite, file)).toMatchObject({ state: State.COMPLETED })

    const client = bookkeeper(suite)
    const { reconciliationId } = await uploadFile(suite, file)
    const early = client.runReconciliation({ reconciliationId, partCount: 3 })
    await expect(early).rejects.toSatisfy(because('UPLOAD_INCOMPLETE'))
    await client.runReconciliation({ reconciliationId, partCount: 2 })
    const late = client.uploadSettlementPart({ reconciliationId, partNumber: 2, content: Buffer.from('x') })
    await expect(late).rejects.toSatisfy(because('RECONCILIATION_STARTED'))
    const nowhere = client.getReconciliation({ reconciliationId: newId() })
    await expect(nowhere).rejects.toSatisfy(because('RECONCILIATION_UNKNOWN'))
    await expect(client.getBreak({ breakId: newId() })).rejects.toSatisfy(because('BREAK_UNKNOWN'))
    const nobody = client.startReconciliation({ reconciliationId: newId(), provider: 'nobody' })
    await expect(nobody).rejects.toSatisfy(because('PROVIDER_UNKNOWN'))
    const aimless = client.startReconciliation({ reconciliationId: newId(), provider: 'mpesa' })
    await expect(aimless).rejects.toSatisfy(because('RECONCILIATION_UNSUITABLE'))
    await ended(suite, reconciliationId)
  },
  { ...outside, placements: ['memory'] },
)

placements(
  'a process that dies over a file is replaced by another, which begins anew',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    await sold(suite, 'DAY001', '+250788100007')
    const { reconciliationId } = await uploadFile(suite, await statementOf(world, TODAY))
    const sql = suite.sql('payment')
    // As the dead one left it: taken, and half read.
    await sql`update reconciliation set state = 'RUNNING', part_count = 2, lease_count = 1, processed_count = 1,
      lease_time = ${new Date(suite.clock.now().getTime() + 60_000)} where reconciliation_id = ${reconciliationId}`
    await sql`insert into settlement_line values (${reconciliationId}, 8, 'mpesa', 'PAYMENT', true, true,
      ${referenceSealed('XXXXXXXXXX')}, '', '', 'RWF', 1, ${suite.clock.now()})`
    await suite.runJob('payment', 'reconcile')
    expect((await bookkeeper(suite).getReconciliation({ reconciliationId })).reconciliation?.state).toBe(State.RUNNING)
    suite.clock.advance({ minutes: 2 })
    await suite.runJob('payment', 'reconcile')
    expect(found(await ended(suite, reconciliationId))).toEqual({ MATCHED: [1, 4500n, 4500n] })
  },
  { ...outside, placements: ['memory'] },
)

placements(
  'each night the provider is asked about the payments of the day before; what it denies is a break [S3-58]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    await sold(suite, 'GOOD01', '+250788100007')
    await sold(suite, 'DENIED', '+250788100008', 7000)
    const open = await sell(suite, 'OPEN01', '+250788100099', 2000)
    await world.sandbox.until(() => world.sandbox.payments('+250788100099')[0]?.outcome)
    world.sandbox.phone('+250788100008').scenario({ queryContradicts: true })

    suite.clock.advance({ days: 1 })
    for (let run = 0; run < 2; run++) await suite.runJob('payment', 'reconcile-yesterday')
    await suite.runJob('payment', 'reconcile')
    const { reconciliations } = await bookkeeper(suite).listReconciliations({ provider: 'mpesa' })
    expect(reconciliations).toHaveLength(1)
    const done = await ended(suite, reconciliations[0]!.reconciliationId)
    expect(found(done)).toEqual({ MATCHED: [2, 6500n, 6500n], STATUS_DIFFERS: [1, 0n, 7000n] })
    await reached(suite, open, PaymentIntent_State.SUCCEEDED)
    expect(await breakOf(suite, Finding.STATUS_DIFFERS)).toMatchObject({ reference: 'DENIED', tenantId: TENANT })

    // A settlement file that lists it after all closes the break.
    await reconcileFile(suite, await statementOf(world, TODAY))
    expect((await bookkeeper(suite).listBreaks({})).breaks).toEqual([])
  },
  { ...outside, env: { PAYMENT_RECONCILIATION_ASKS_PER_SECOND: '1000' } },
)

placements(
  'a company sees and does nothing of it',
  [payment],
  async (suite) => {
    const permissions = ['payment.reports.read', 'payment.ledger.read', 'company.*']
    const manager = suite.client(ReconciliationService, { tenantId: TENANT, permissions })
    await expect(manager.listBreaks({})).rejects.toSatisfy(because('PERMISSION_MISSING'))
    await expect(manager.listReconciliations({})).rejects.toSatisfy(because('PERMISSION_MISSING'))
    const period = { reconciliationId: newId(), provider: 'mpesa' }
    await expect(manager.startReconciliation(period)).rejects.toSatisfy(because('PERMISSION_MISSING'))
    const [row] = await suite.sql('payment')`
      select relrowsecurity and relforcerowsecurity as bound from pg_class where relname = 'reconciliation_break'`
    expect(row?.['bound']).toBe(true)
  },
  { placements: ['memory'] },
)
