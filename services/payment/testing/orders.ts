import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { setTimeout as sleep } from 'node:timers/promises'
import { moneyToProto, money, uuidV7Generator } from '#kit'
import type { Stage } from './stage.ts'
import {
  Method,
  type PaymentAttempt_State,
  type PaymentIntent,
  type PaymentIntent_State as State,
} from '#gen/tms/payment/v1/payment_intent_pb.ts'
import {
  type ConfirmPaymentIntentRequestSchema,
  type CreatePaymentIntentRequestSchema,
  PaymentService,
} from '#gen/tms/payment/v1/payment_service_pb.ts'

/** The company that sells in these tests. */
export const TENANT = '0190f000-0000-7000-8000-00000000c0de'

/** Numbers of the sandbox, by how their owners behave. */
export const phones = {
  approves: '+250788100007',
  declines: '+250788100032',
  unreachable: '+250788100037',
  expires: '+250788100019',
  wrongPin: '+250788100020',
  poor: '+250788100001',
  /** Approves, and the callback is lost. */
  lost: '+250788100099',
} as const

/** An order that is to be paid, and its passenger. */
export type Order = Awaited<ReturnType<typeof placeOrder>>

type OrderRequest = Required<
  Pick<
    MessageInitShape<typeof CreatePaymentIntentRequestSchema>,
    'tenantId' | 'amount' | 'expireTime' | 'orderReference' | 'sellerUserId'
  >
>

/** Orders as ticketing does: an intent of RWF 4,500 that can be paid for ten minutes, unless told otherwise. */
export async function placeOrder(suite: Stage, change: Partial<OrderRequest> = {}) {
  const userId = newId()
  const now = suite.clock.now().getTime()
  const request = {
    paymentIntentId: newId(),
    tenantId: TENANT,
    payerUserId: userId,
    amount: moneyToProto(money('RWF', 4500)),
    orderId: newId(),
    orderReference: 'BK7Q2M',
    description: 'Kigali - Musanze, 20 November',
    expireTime: timestampFromMs(now + 600_000),
    ...change,
  }
  await suite.peer(PaymentService, 'ticketing').createPaymentIntent(request)
  const permissions = ['payment.intents.pay', 'payment.intents.read']
  const passenger = suite.client(PaymentService, { userId: request.payerUserId, permissions })
  const pay = (change: MessageInitShape<typeof ConfirmPaymentIntentRequestSchema> = {}) =>
    passenger.confirmPaymentIntent({
      paymentIntentId: request.paymentIntentId,
      method: Method.MPESA,
      phone: phones.approves,
      idempotencyKey: newId(),
      ...change,
    })
  return { ...request, passenger, pay }
}

/** Where an order's intent stands, read past the cache. */
export async function intentOf(suite: Stage, { paymentIntentId }: Order): Promise<PaymentIntent> {
  await suite.redis.del(`${suite.namespace}:payment:intent:${paymentIntentId}`)
  const { paymentIntent } = await suite.peer(PaymentService, 'ticketing').getPaymentIntent({ paymentIntentId })
  if (!paymentIntent) throw new Error('no intent in the answer')
  return paymentIntent
}

/** Waits until an intent, and when named its latest attempt, has come to a state. */
export async function reached(suite: Stage, order: Order, state: State, attempt?: PaymentAttempt_State) {
  return eventually(async () => {
    const intent = await intentOf(suite, order)
    const there = intent.state === state && (attempt === undefined || intent.latestAttempt?.state === attempt)
    return there ? intent : undefined
  }, `intent in state ${state}`)
}

/** Waits for background work to bring about what `find` looks for. @throws {Error} after a time that only a fault takes */
export async function eventually<T>(find: () => Promise<T | undefined>, what: string): Promise<T> {
  const until = performance.now() + 20_000
  for (;;) {
    const found = await find()
    if (found !== undefined) return found
    if (performance.now() > until) throw new Error(`never came: ${what}`)
    await sleep(20)
  }
}

/** A generator of the tests' own: the service's ids stay in the order of its own clock. */
const nextId = uuidV7Generator()

/** A new UUIDv7. */
export function newId(): string {
  return nextId(Date.now())
}
