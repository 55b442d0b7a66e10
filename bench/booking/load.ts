// One load process: keeps a number of passengers busy, each buying one ticket after another as the SDK would.
import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { setTimeout as sleep } from 'node:timers/promises'
import { Booking_State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { Method, PaymentIntent_State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { newUuidV7 } from '#kit'
import { serveParent } from '../lib/child.ts'
import { guest, holdOne } from '../lib/passenger.ts'
import type { Job, LoadOrder, LoadReport } from './messages.ts'

/** As an impatient page would. */
const TICKET_POLL_MS = 250
const FLOW_LIMIT_MS = 30_000

serveParent(async (order: LoadOrder): Promise<LoadReport> => {
  const passengers = await Promise.all(Array.from({ length: order.concurrency }, (_, i) => passenger(order, i)))
  const jobs = order.jobs.values()
  const latenciesMs: number[] = []
  const errors: string[] = []
  const started = performance.now()
  await Promise.all(
    passengers.map(async (buy) => {
      for (const job of jobs) {
        if (performance.now() - started > order.seconds * 1_000) return
        const begun = performance.now()
        await buy(job).then(
          () => latenciesMs.push(performance.now() - begun),
          (err: unknown) => errors.push(String(err)),
        )
      }
    }),
  )
  return { latenciesMs, errors, ms: performance.now() - started }
})

/** Signs in a guest; returns what buys one ticket, from search to signed code. */
async function passenger(order: LoadOrder, index: number): Promise<(job: Job) => Promise<void>> {
  const { transport } = await guest(order.baseUrl)
  const ticketing = createClient(TicketingService, transport)
  const payment = createClient(PaymentService, transport)
  const phone = `+25078${String(order.process * 100_000 + index + 1_000_000).slice(-7)}`

  return async (job) => {
    const origin = { place: { case: 'town' as const, value: job.origin } }
    const destination = { place: { case: 'town' as const, value: job.destination } }
    const found = await ticketing.searchTrips({ origin, destination, serviceDate: job.serviceDate })
    if (found.offers.length === 0) throw new Error(`no trip ${job.origin} to ${job.destination} on ${job.serviceDate}`)
    const { paymentIntentId, bookingId } = await holdOne(ticketing, job, phone)
    await payment.confirmPaymentIntent({
      paymentIntentId,
      phone,
      method: Method.MPESA,
      idempotencyKey: newUuidV7(Date.now()),
    })
    for await (const { paymentIntent } of payment.watchPaymentIntent({ paymentIntentId })) {
      if (paymentIntent?.state === PaymentIntent_State.SUCCEEDED) break
    }
    await ticketOf(ticketing, bookingId)
  }
}

async function ticketOf(ticketing: ReturnType<typeof createClient<typeof TicketingService>>, bookingId: string) {
  for (const until = performance.now() + FLOW_LIMIT_MS; performance.now() < until;) {
    const { booking } = await ticketing.getBooking({ bookingId })
    const code = booking?.passengers[0]?.ticket?.code ?? ''
    if (booking?.state === Booking_State.CONFIRMED && code !== '') return
    await sleep(TICKET_POLL_MS)
  }
  throw new ConnectError('paid, and no ticket came', Code.DeadlineExceeded)
}
