// The load: passengers of whom each holds a seat beforehand, and then pays as the SDK would, so many at a time.
import { fromBinary } from '@bufbuild/protobuf'
import { createClient } from '@connectrpc/connect'
import { connect } from 'nats'
import { EnvelopeSchema } from '#gen/tms/event/v1/event_pb.ts'
import { Method, PaymentIntent_State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { TicketIssuedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { newUuidV7 } from '#kit'
import { serveParent } from '../lib/child.ts'
import { guest, holdOne, phoneTransport } from '../lib/passenger.ts'
import type { Flow, Held, LoadOrder, Order, Paid } from './messages.ts'

const FLOW_LIMIT_MS = 30_000

serveParent((order: LoadOrder): Promise<Held | Paid> => ('hold' in order ? hold(order) : pay(order)))

/** Lets `passengers` take the items one after the other. */
async function inLanes<T>(passengers: number, items: readonly T[], work: (item: T, lane: number) => Promise<void>) {
  const queue = items.values()
  const lane = async (_: unknown, index: number) => {
    for (const item of queue) await work(item, index)
  }
  await Promise.all(Array.from({ length: passengers }, lane))
}

async function hold({ hold: jobs, baseUrl, passengers }: Extract<LoadOrder, { hold: unknown }>): Promise<Held> {
  const orders: Order[] = []
  const people = await Promise.all(Array.from({ length: passengers }, () => guest(baseUrl)))
  await inLanes(passengers, jobs, async (job, lane) => {
    const person = people[lane]
    if (!person) return
    const phone = `+25078${String(1_000_000 + orders.length + lane * 10_000).slice(-7)}`
    const held = await holdOne(createClient(TicketingService, person.transport), job, phone)
    orders.push({ ...held, phone, token: person.token })
  })
  return { orders }
}

async function pay(order: Extract<LoadOrder, { pay: unknown }>): Promise<Paid> {
  const tickets = await ticketsOn(order.natsUrl)
  const lanes = Array.from({ length: order.passengers }, () => {
    const signedIn = { token: '' }
    const transport = phoneTransport(order.baseUrl, () => signedIn.token)
    return { signedIn, payment: createClient(PaymentService, transport) }
  })
  const flows: Flow[] = []
  const errors: string[] = []
  const begun = performance.now()
  await inLanes(order.passengers, order.pay, async (one, index) => {
    const lane = lanes[index]
    if (!lane || performance.now() - begun > order.seconds * 1_000) return
    lane.signedIn.token = one.token
    await payOne(lane.payment, one, tickets.of(one.bookingId)).then(
      (flow) => flows.push(flow),
      (err: unknown) => errors.push(String(err)),
    )
  })
  const ms = performance.now() - begun
  await tickets.close()
  return { flows, errors, ms }
}

const now = () => performance.timeOrigin + performance.now()

async function payOne(
  payment: ReturnType<typeof createClient<typeof PaymentService>>,
  { paymentIntentId, phone }: Order,
  ticket: Promise<number>,
): Promise<Flow> {
  const idempotencyKey = newUuidV7(Date.now())
  const beginMs = now()
  await payment.confirmPaymentIntent({ paymentIntentId, phone, method: Method.MPESA, idempotencyKey })
  const answerMs = now()
  let paidMs = Number.NaN
  for await (const { paymentIntent } of payment.watchPaymentIntent({ paymentIntentId })) {
    if (paymentIntent?.state !== PaymentIntent_State.SUCCEEDED) continue
    paidMs = now()
    break
  }
  if (Number.isNaN(paidMs)) throw new Error('the watch ended before the payment')
  return { phone, beginMs, answerMs, paidMs, ticketMs: await ticket }
}

/** When tickets are issued, by their booking, as the bus tells it. */
async function ticketsOn(natsUrl: string) {
  const connection = await connect({ servers: natsUrl })
  const waiting = new Map<string, (atMs: number) => void>()
  connection.subscribe(`${TicketIssuedSchema.typeName}.*`, {
    callback: (_, { data }) => {
      const { bookingId } = fromBinary(TicketIssuedSchema, fromBinary(EnvelopeSchema, data).payload)
      waiting.get(bookingId)?.(now())
    },
  })
  await connection.flush()
  return {
    of: (bookingId: string) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      const timer = setTimeout(() => reject(new Error('paid, and no ticket came')), FLOW_LIMIT_MS)
      waiting.set(bookingId, (atMs) => {
        clearTimeout(timer)
        waiting.delete(bookingId)
        resolve(atMs)
      })
      // Whoever fails before it waits for the ticket is told by that failure.
      promise.catch(() => undefined)
      return promise
    },
    close: () => connection.close(),
  }
}
