import { Code, ConnectError } from '@connectrpc/connect'
import fc from 'fast-check'
import { setTimeout as sleep } from 'node:timers/promises'
import { money, moneyToProto } from '#kit'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Scenario } from '../../../deploy/sandbox/index.ts'
import type { Mortal } from './mortal/index.ts'
import { newId, type Order, placeOrder } from './orders.ts'
import { ask, type Office } from './payouts.ts'
import { setRate } from './paypal.ts'

const wallets = [Method.MPESA, Method.MTN, Method.AIRTEL] as const
const providers = ['mpesa', 'mtn', 'airtel', 'paypal', 'all'] as const

/** What a phone may live through. */
const whims: readonly Scenario[] = [
  { answer: 'decline' },
  { answer: 'wrong-pin' },
  { answer: 'ignore', promptTimeoutMs: 200 },
  { answer: 'manual' },
  { callbackLost: true },
  { callbackCopies: 3 },
  { callbackCopies: 2, callbackGapMs: 60 },
  { callbackDelayMs: 120 },
  { callbackOrder: 'before-answer' },
  { forge: 'success' },
  { forge: 'path-token' },
  { queueTimeout: true },
]
const outages = ['503', 'reset', 'lost-answer', 'busy', 'hang'] as const
const captures = ['lost-answer', 'INSTRUMENT_DECLINED', 'completed'] as const

const person = fc.nat(1)
const wallet = fc.nat(wallets.length - 1)
const nth = fc.nat(9)

/** One thing that happens; the next one does not wait for what it has set off. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ act: fc.constant('pay' as const), wallet, person }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('payByPayPal' as const) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('repeat' as const), nth }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('payOtherwise' as const), nth, wallet, person }) },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('refund' as const), nth, minor: fc.constantFrom(500, 2_000, 4_500) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('cancel' as const), nth }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant('payOut' as const), wallet, minor: fc.constantFrom(500, 1_500) }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('answer' as const), nth }) },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('whim' as const), wallet, person, whim: fc.nat(whims.length - 1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('outage' as const),
      outage: fc.constantFrom(...outages),
      outageOf: fc.constantFrom(...providers),
      outagePercent: fc.constantFrom(50, 100),
      paypalCapture: fc.constantFrom(...captures),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('calm' as const) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('wait' as const), seconds: fc.constantFrom(3, 11, 46, 700) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('flushRedis' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('kill' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** A sequence of such things, each with the milliseconds until the next one. */
export const script = fc.array(fc.record({ step, pauseMs: fc.constantFrom(0, 0, 5, 25) }), {
  minLength: 14,
  maxLength: 30,
})
type Script = typeof script extends fc.Arbitrary<infer T> ? T : never

/** Who plays: the process, the office of the company, and its payees by wallet. */
export type Cast = {
  readonly mortal: Mortal
  readonly people: Office
  readonly payees: readonly string[]
  /** Of all plays, the newest last: what one play has sold, the next may give back. */
  readonly orders: Sold[]
}
type Sold = { readonly order: Order; readonly pay: () => Promise<unknown> }

/** How everybody behaves when the play is over. */
const calm: Scenario = { outage: 'none', outagePercent: 100, outageOf: 'all', paypalCapture: 'completed' }
const calmPhone: Scenario = {
  answer: 'approve',
  callbackLost: false,
  callbackCopies: 1,
  callbackGapMs: 0,
  callbackDelayMs: 0,
  callbackOrder: 'in-order',
  forge: 'none',
  queueTimeout: false,
}

/** Plays a script, then has every prompt answered and every provider well. Returns the phones that took part. */
export async function play(cast: Cast, number: number, steps: Script): Promise<string[]> {
  const { stage, world, kill, revive } = cast.mortal
  const { sandbox } = world
  const exchangeRateId = await setRate(stage)
  const { orders } = cast
  const phoneOf = (which: number, who: number) => phone(number, which, who)
  const phones = [0, 1, 2].flatMap((which) => [0, 1].map((who) => phoneOf(which, who)))
  const running = new Set<Promise<void>>()
  const faults: unknown[] = []
  let lives = 0

  /** Does it beside everything else. What is refused is refused; what nobody foresaw fails the play. */
  const beside = (work: () => Promise<unknown>) => {
    const life = lives
    const run = work()
      .then(() => undefined)
      .catch((err: unknown) => void (life === lives && isFault(err) && faults.push(err)))
      .finally(() => running.delete(run))
    running.add(run)
  }
  const order = async (way: (order: Order, key: string) => Promise<unknown>) => {
    const key = newId()
    const placed = await placeOrder(stage, { orderReference: `B${number}X${orders.length}` })
    const pay = () => way(placed, key)
    orders.push({ order: placed, pay })
    await pay()
  }
  const chosen = (nth: number) => orders.at(-1 - nth)

  const acts: { readonly [A in Step['act']]: (one: Extract<Step, { act: A }>) => Promise<unknown> | void } = {
    pay: ({ wallet: which, person: who }) =>
      beside(() =>
        order((placed, idempotencyKey) =>
          placed.pay({ method: wallets[which]!, phone: phoneOf(which, who), idempotencyKey }),
        ),
      ),
    payByPayPal: () =>
      beside(() =>
        order((placed, idempotencyKey) =>
          placed.pay({ method: Method.PAYPAL, phone: '', exchangeRateId, idempotencyKey }),
        ),
      ),
    repeat: ({ nth: which }) => beside(async () => chosen(which)?.pay()),
    payOtherwise: ({ nth: which, wallet: by, person: who }) =>
      beside(async () => chosen(which)?.order.pay({ method: wallets[by]!, phone: phoneOf(by, who) })),
    refund: ({ nth: which, minor }) =>
      beside(async () => {
        const paymentIntentId = chosen(which)?.order.paymentIntentId
        if (paymentIntentId === undefined) return
        const amount = moneyToProto(money('RWF', minor))
        const request = { refundId: newId(), paymentIntentId, amount, reason: 'trip cancelled' }
        const refund = () => stage.peer(PaymentService, 'ticketing').refundPayment(request)
        await Promise.all([refund(), refund()])
      }),
    cancel: ({ nth: which }) =>
      beside(async () => {
        const paymentIntentId = chosen(which)?.order.paymentIntentId
        if (paymentIntentId !== undefined)
          await stage.peer(PaymentService, 'ticketing').cancelPaymentIntent({ paymentIntentId })
      }),
    payOut: ({ wallet: which, minor }) =>
      beside(async () => {
        const payoutId = newId()
        await ask(cast.people, cast.payees[which]!, minor, payoutId)
        const approval = { payoutId, idempotencyKey: newId() }
        await Promise.all([cast.people.checker.approvePayout(approval), cast.people.checker.approvePayout(approval)])
      }),
    answer: ({ nth: which }) => answerPrompts(sandbox, phones, which),
    whim: ({ wallet: which, person: who, whim }) => sandbox.phone(phoneOf(which, who)).scenario(whims[whim]!),
    outage: ({ outage, outageOf, outagePercent, paypalCapture }) =>
      sandbox.scenario({ outage, outageOf, outagePercent, paypalCapture }),
    calm: () => sandbox.scenario(calm),
    wait: ({ seconds }) => stage.advance({ seconds }),
    flushRedis: async () => {
      const keys = await stage.redis.keys(`${stage.namespace}:*`)
      if (keys.length > 0) await stage.redis.del(...keys)
    },
    kill: async () => {
      lives++
      await kill()
      await revive()
    },
  }
  for (const { step: one, pauseMs } of steps) {
    await acts[one.act](one as never)
    await sleep(pauseMs)
  }
  sandbox.scenario(calm)
  for (const number of phones) sandbox.phone(number).scenario(calmPhone)
  while (running.size > 0) await Promise.all(running)
  for (let nth = 0; nth < 3; nth++) answerPrompts(sandbox, phones, nth)
  await cast.mortal.rest()
  if (faults.length > 0) throw new AggregateError(faults, 'what nobody foresaw')
  return phones
}

/** The `nth` in their turn: most agree, some do not. */
function answerPrompts(sandbox: Mortal['world']['sandbox'], phones: readonly string[], nth: number): void {
  for (const number of phones) {
    for (const { id } of sandbox.phone(number).prompts()) {
      if (nth % 3 === 1) sandbox.phone(number).decline(id)
      else sandbox.phone(number).approve(id)
    }
  }
  for (const { id, status } of sandbox.paypal.orders())
    if (status === 'PAYER_ACTION_REQUIRED') sandbox.paypal.approve(id)
}

/** Refusals have reasons, and a dead process no answer; anything else is a fault. */
function isFault(err: unknown): boolean {
  return !(err instanceof ConnectError) || err.code === Code.Internal || err.code === Code.Unknown
}

/** The number of somebody in a play, of the operator that their wallet asks for. */
function phone(play: number, which: number, who: number): string {
  const operator = ['78', '79', '73'][which] ?? ''
  return `+250${operator}${String((play * 10 + who) % 100_000).padStart(5, '0')}07`
}
