import { expect } from 'vitest'
import { registry } from '#kit'
import { placements } from '#kit/testing'
import { PaymentAlertRaised_Kind as Alert, PaymentAlertRaisedSchema } from '#gen/tms/payment/v1/events_pb.ts'
import { PaymentIntent_State, PaymentAttempt_State as Attempt } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import payment from './service.ts'
import { phones, placeOrder, reached } from './testing/orders.ts'
import { paymentWorld } from './testing/outside.ts'

placements(
  'what the provider does not speak about is counted, told once when it lasts, and stays unknown',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    // Neither answer nor callback; and from then on no answer to any question.
    world.sandbox
      .phone(phones.approves)
      .scenario({ outage: 'lost-answer', answer: 'ignore', promptTimeoutMs: 3_600_000 })
    const order = await placeOrder(suite)
    await order.pay()
    await reached(suite, order, PaymentIntent_State.PROCESSING, Attempt.UNKNOWN)
    world.sandbox.scenario({ outage: '503' })
    await suite.advance({ seconds: 500 })
    expect(await suite.published(PaymentAlertRaisedSchema)).toEqual([])
    const counted = await registry.getSingleMetricAsString('tms_payment_unknown')
    expect(counted).toContain('tms_payment_unknown{entity="ATTEMPT",provider="mpesa"} 1')
    expect(await registry.getSingleMetricAsString('tms_payment_unknown_oldest_seconds')).toMatch(/"mpesa"} 500/)
    for (let round = 0; round < 3; round++) await suite.advance({ seconds: 500 })
    const [row] = await suite.sql('payment')<{ attempt_id: string; state: string }[]>`
      select attempt_id, state from payment_attempt`
    expect(row?.state).toBe('UNKNOWN')
    expect(await suite.published(PaymentAlertRaisedSchema)).toMatchObject([
      { kind: Alert.UNKNOWN_TOO_LONG, subjectId: row?.attempt_id, paymentIntentId: order.paymentIntentId },
    ])
  },
  { outside: paymentWorld, env: { PAYMENT_UNKNOWN_ALERT_SECONDS: '600' }, placements: ['memory'] },
)

placements(
  'callbacks are pruned when they are old, and kept by the database while they are not',
  [payment],
  async (suite) => {
    const sql = suite.sql('payment')
    const insert = (days: number) => sql`
      with one as (
        insert into callback (callback_id, provider, path_token, headers, body, source_address, receive_time)
        values (gen_random_uuid(), 'mpesa', 'x', '{}', '', '', now() - ${days} * interval '1 day') returning callback_id)
      insert into callback_handling (callback_id, outcome, handle_time) select callback_id, 'SETTLED', now() from one`
    for (const days of [1, 80, 500]) await insert(days)
    await suite.runJob('payment', 'prune-callbacks')
    const kept = await sql`select 1 from callback join callback_handling using (callback_id)`
    expect(kept).toHaveLength(2)
    await sql`delete from callback_handling`
    await expect(sql`delete from callback`).rejects.toThrow('kept for 90 days')
    await expect(sql`update callback set body = ''`).rejects.toThrow('append-only')
    await expect(sql`truncate callback cascade`).rejects.toThrow('append-only')
  },
  { placements: ['memory'] },
)

placements(
  'a watch begins though Redis does not answer, and the next one hears of changes by Redis again',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const { redis } = suite.host.runtimes.get('payment')!.ctx
    const duplicate = redis.duplicate.bind(redis)
    redis.duplicate = (options) => {
      redis.duplicate = duplicate
      const connection = duplicate(options)
      connection.subscribe = () => Promise.reject(new Error('Command timed out'))
      return connection
    }
    const order = await placeOrder(suite)
    const { paymentIntentId } = order
    const first = async () => {
      for await (const { paymentIntent } of order.passenger.watchPaymentIntent({ paymentIntentId }))
        return paymentIntent
      return undefined
    }
    expect((await first())?.state).toBe(PaymentIntent_State.REQUIRES_PAYMENT)
    const seen: (PaymentIntent_State | undefined)[] = []
    for await (const { paymentIntent } of order.passenger.watchPaymentIntent({ paymentIntentId })) {
      seen.push(paymentIntent?.state)
      if (seen.length === 1) await order.pay()
    }
    expect(seen.at(-1)).toBe(PaymentIntent_State.SUCCEEDED)
  },
  { outside: paymentWorld, placements: ['memory'] },
)
