import { expect } from 'vitest'
import { placements, type Suite } from '#kit/testing'
import {
  PaymentAlertRaised_Kind as Alert,
  PaymentAlertRaisedSchema,
  PayoutSettledSchema,
} from '#gen/tms/payment/v1/events_pb.ts'
import { Payout_State as State } from '#gen/tms/payment/v1/payout_pb.ts'
import payment from './service.ts'
import { eventually, newId, phones } from './testing/orders.ts'
import { paymentWorld, type PaymentWorld } from './testing/outside.ts'
import { ask, balanced, dueOf, office, payOut, payoutReached } from './testing/payouts.ts'

const outside = { outside: paymentWorld }
/** Approved payouts wait for a time of day that is far away: the test says when they leave. */
const patient = { PAYMENT_PAYOUT_BATCH_PROVIDERS: 'mpesa', PAYMENT_PAYOUT_BATCH_TIMES: '08:59' }

const paidOut = (world: PaymentWorld) => world.sandbox.totals()['RWF']?.paidOut ?? { count: 0, amount: 0 }

async function historyOf(suite: Suite, payoutId: string): Promise<string> {
  const rows = await suite.sql('payment')<{ to_state: string }[]>`
    select to_state from state_change where entity_id = ${payoutId} order by change_id`
  return rows.map((row) => row.to_state).join(' ')
}

placements(
  'a process that dies between record and call leaves a payout that is asked about, and then sent once [S3-59, S4-26]',
  [payment],
  async (suite, world) => {
    const people = await office(suite, world)
    const payoutId = await payOut(people, people.payeeId, 1_000)
    // As a process leaves it that dies right after writing down that it is about to call.
    await suite.sql('payment')`update payout set state = 'SENDING', send_count = 1, cause = 'sent',
      next_action_time = ${new Date(suite.clock.now().getTime() + 45_000)} where payout_id = ${payoutId}`
    expect(world.sandbox.requests('b2c')).toHaveLength(0)
    await suite.advance({ seconds: 46 })
    await payoutReached(people, payoutId, State.RETRYING)
    await suite.advance({ seconds: 3 })
    await payoutReached(people, payoutId, State.SUCCEEDED)
    expect(paidOut(world)).toEqual({ count: 1, amount: 1_000 })
    expect(await historyOf(suite, payoutId)).toMatch(
      /^AWAITING_APPROVAL APPROVED SENDING UNKNOWN RETRYING SENDING (PENDING )?SUCCEEDED$/,
    )
    await balanced(suite)
  },
  { ...outside, env: patient, placements: ['memory'] },
)

placements(
  'a payout whose answer, or whose result, is lost is asked about and never sent twice [S4-26]',
  [payment],
  async (suite, world) => {
    const people = await office(suite, world)
    const phone = world.sandbox.phone(phones.approves)
    phone.scenario({ outage: 'lost-answer', callbackLost: true })
    const unanswered = await payOut(people, people.payeeId, 1_000)
    await payoutReached(people, unanswered, State.UNKNOWN)
    phone.scenario({ outage: 'none', callbackLost: true })
    const unheard = await payOut(people, people.payeeId, 1_100)
    await payoutReached(people, unheard, State.PENDING)
    phone.scenario({ callbackLost: false, queueTimeout: true })
    const timedOut = await payOut(people, people.payeeId, 1_200)
    await payoutReached(people, timedOut, State.UNKNOWN)
    phone.scenario({ queueTimeout: false })
    await suite.advance({ seconds: 11 })
    for (const payoutId of [unanswered, unheard, timedOut]) await payoutReached(people, payoutId, State.SUCCEEDED)
    expect(world.sandbox.requests('b2c')).toHaveLength(3)
    expect(paidOut(world)).toEqual({ count: 3, amount: 3_300 })
    expect(await suite.published(PayoutSettledSchema)).toHaveLength(3)
    await balanced(suite)
  },
  outside,
)

placements(
  'a result that comes again, late or forged changes nothing',
  [payment],
  async (suite, world) => {
    const people = await office(suite, world)
    world.sandbox.phone(phones.approves).scenario({ callbackCopies: 3, callbackGapMs: 0 })
    const payoutId = await payOut(people, people.payeeId, 1_000)
    await payoutReached(people, payoutId, State.SUCCEEDED)
    await eventually(async () => {
      const rows = await suite.sql('payment')`select outcome from callback_handling where outcome = 'DUPLICATE'`
      return rows.length >= 2 ? rows : undefined
    }, 'two copies handled')
    expect(await suite.published(PayoutSettledSchema)).toHaveLength(1)
    expect(paidOut(world).count).toBe(1)

    // A stranger who has found the path, and does not know the request; and a wrong amount for the right one.
    const other = newId()
    world.sandbox.phone(phones.approves).scenario({ callbackCopies: 1, callbackLost: true })
    await ask(people, people.payeeId, 2_000, other)
    await people.checker.approvePayout({ payoutId: other, idempotencyKey: newId() })
    await payoutReached(people, other, State.PENDING)
    const [row] = await suite.sql('payment')`select callback_token from payout where payout_id = ${other}`
    const post = (reference: string, amount: number) =>
      fetch(`${world.env['MPESA_CALLBACK_BASE_URL']}/inbound/dj/${String(row?.['callback_token'])}`, {
        method: 'POST',
        body: JSON.stringify({
          Result: {
            ResultCode: 0,
            OriginatorConversationID: reference,
            ConversationID: 'AG_1',
            TransactionID: 'UKK7RT61SV',
            ResultParameters: { ResultParameter: [{ Key: 'TransactionAmount', Value: amount }] },
          },
        }),
      })
    await post(other, 20_000)
    const alerts = await eventually(async () => {
      const found = await suite.published(PaymentAlertRaisedSchema)
      return found.length > 0 ? found : undefined
    }, 'an alert')
    // The door passes each post on twice, as a provider may; the second may be judged before we look or after.
    for (const alert of alerts) expect(alert).toMatchObject({ kind: Alert.AMOUNT_MISMATCH, subjectId: other })
    expect((await people.maker.getPayout({ payoutId: other })).payout?.state).toBe(State.PENDING)
    expect(await dueOf(people, people.payeeId)).toBe(1_500)
    await balanced(suite)
  },
  { ...outside, placements: ['memory'] },
)

placements(
  'a provider that is away gets no calls, and the payout waits [S3-162]',
  [payment],
  async (suite, world) => {
    const people = await office(suite, world)
    world.sandbox.phone(phones.approves).scenario({ outage: '503' })
    await payoutReached(people, await payOut(people, people.payeeId, 1_000), State.RETRYING)
    for (const seconds of [3, 5, 9, 17]) await suite.advance({ seconds })
    expect(world.sandbox.requests('b2c')).toHaveLength(5)
    const second = await payOut(people, people.payeeId, 1_100)
    for (let round = 0; round < 3; round++) await suite.advance({ seconds: 400 })
    expect((await people.maker.getPayout({ payoutId: second })).payout?.state).toBe(State.APPROVED)
    expect(world.sandbox.requests('b2c')).toHaveLength(5)
    await balanced(suite)
  },
  // Longer than this test can take.
  { ...outside, env: { PAYMENT_BREAKER_SECONDS: '300' }, placements: ['memory'] },
)

placements(
  'payouts that waited for their provider are paid once when it is back [S3-163]',
  [payment],
  async (suite, world) => {
    const people = await office(suite, world)
    world.sandbox.phone(phones.approves).scenario({ outage: '503' })
    const first = await payOut(people, people.payeeId, 1_000)
    await payoutReached(people, first, State.RETRYING)
    for (const seconds of [3, 5, 9, 17]) await suite.advance({ seconds })
    const second = await payOut(people, people.payeeId, 1_100)
    world.sandbox.phone(phones.approves).scenario({ outage: 'none' })
    await eventually(async () => {
      await suite.advance({ seconds: 60 })
      return paidOut(world).count === 2 ? true : undefined
    }, 'both paid')
    for (const payoutId of [first, second]) await payoutReached(people, payoutId, State.SUCCEEDED)
    expect(paidOut(world)).toEqual({ count: 2, amount: 2_100 })
    await balanced(suite)
  },
  { ...outside, env: { PAYMENT_BREAKER_SECONDS: '1' }, placements: ['memory'] },
)

placements(
  'a payout that may have been taken is not failed by age, however often the provider does not say',
  [payment],
  async (suite, world) => {
    const people = await office(suite, world)
    const phone = world.sandbox.phone(phones.approves)
    phone.scenario({ outage: 'lost-answer', callbackLost: true })
    const payoutId = await payOut(people, people.payeeId, 1_000)
    await payoutReached(people, payoutId, State.UNKNOWN)
    world.sandbox.scenario({ callbackLost: true })
    for (let round = 0; round < 20; round++) await suite.advance({ seconds: 700 })
    expect((await people.maker.getPayout({ payoutId })).payout?.state).toBe(State.UNKNOWN)
    expect(await dueOf(people, people.payeeId)).toBe(3_500)
    world.sandbox.scenario({ callbackLost: false })
    phone.scenario({ outage: 'none', callbackLost: false })
    await suite.advance({ seconds: 700 })
    await payoutReached(people, payoutId, State.SUCCEEDED)
    expect(paidOut(world).count).toBe(1)
  },
  { ...outside, placements: ['memory'] },
)
