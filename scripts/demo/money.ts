import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Method, PaymentIntent_State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { Payee_Kind, Payout_State } from '#gen/tms/payment/v1/payout_pb.ts'
import { Finding, Reconciliation_State, SettlementLayout } from '#gen/tms/payment/v1/reconciliation_pb.ts'
import type { TripOffer } from '#gen/tms/ticketing/v1/trip_offer_pb.ts'
import type { Booking, Tms } from '../../clients/sdk/src/node.ts'
import { hold, ticketed } from './passenger.ts'
import type { Phone } from './phone.ts'
import { eventually, prove } from './story.ts'

const DAY_MS = 86_400_000

/** Buys a seat by MTN MoMo. */
export async function payByMtn(tms: Tms, offer: TripOffer, { phone, msisdn }: { phone: Phone; msisdn: string }) {
  const [booking] = await hold(tms, offer)
  const { paymentIntentId, bookingId } = booking
  const request = { paymentIntentId, method: Method.MTN, phone: msisdn, idempotencyKey: tms.newId() }
  await tms.payment.confirmPaymentIntent(request)
  const amount = await phone.approve()
  const { receipt } = await paid(tms, booking)
  const [ticket] = await ticketed(tms, bookingId)
  return [undefined, `${amount} RWF by MTN MoMo, receipt ${receipt}, ticket ${ticket.ticketNumber}`] as const
}

/** Buys a seat by PayPal, in dollars at a rate that the payer is shown before. */
export async function payByPayPal(tms: Tms, platform: Tms, offer: TripOffer) {
  const rate = { fromCurrency: 'RWF', toCurrency: 'USD', rate: '0.0007', marginBasisPoints: 200 }
  const expireTime = timestampFromMs(Date.now() + DAY_MS)
  await platform.exchangeRates.setExchangeRate({ ...rate, exchangeRateId: tms.newId(), expireTime })
  const [booking] = await hold(tms, offer)
  const { paymentIntentId, bookingId } = booking
  const method = Method.PAYPAL
  const { quote } = await tms.payment.quotePayment({ paymentIntentId, method })
  prove(quote?.providerAmount !== undefined, 'there is no quote in dollars')
  const { exchangeRateId, providerAmount } = quote
  await tms.payment.confirmPaymentIntent({ paymentIntentId, method, exchangeRateId, idempotencyKey: tms.newId() })
  const { attemptId, approveUrl } = await pageOf(tms, paymentIntentId)
  await approveOn(approveUrl)
  await tms.payment.finishApproval({ attemptId, declined: false })
  await paid(tms, booking)
  await ticketed(tms, bookingId)
  const dollars = `${providerAmount.units}.${String(providerAmount.nanos / 10_000_000).padStart(2, '0')}`
  return [
    undefined,
    `${booking.total?.units ?? 0n} RWF were ${dollars} USD, as quoted; the books stay in francs`,
  ] as const
}

/** Waits until PayPal has a page for an attempt. */
async function pageOf(tms: Tms, paymentIntentId: string) {
  return eventually("PayPal's page", async () => {
    const attempt = (await tms.payment.getPaymentIntent({ paymentIntentId })).paymentIntent?.latestAttempt
    return attempt?.approveUrl ? attempt : undefined
  })
}

/** Presses "approve" on PayPal's page, as the payer's browser does. */
async function approveOn(approveUrl: string): Promise<void> {
  const page = await (await fetch(approveUrl)).text()
  const [, path = ''] = /action="([^"]*\/approve)"/.exec(page) ?? []
  prove(path !== '', "PayPal's page has no button to approve")
  await fetch(new URL(path, approveUrl), { method: 'POST', redirect: 'manual' })
}

/** The attempt that paid a booking, when it has. */
async function paid(tms: Tms, { paymentIntentId }: Booking) {
  for await (const { state, latestAttempt } of tms.watchPayment(paymentIntentId)) {
    if (state === PaymentIntent_State.SUCCEEDED && latestAttempt) return latestAttempt
  }
  throw new Error('the payment did not succeed')
}

/** Sends the company what it has earned: one of its people asks, another agrees. */
export async function paidOut(maker: Tms, checker: Tms, account: string) {
  const [payeeId, payoutId] = [maker.newId(), maker.newId()]
  const payee = { payeeId, kind: Payee_Kind.COMPANY, displayName: 'Main account', method: Method.MTN, account }
  await maker.payouts.createPayee(payee)
  await checker.payouts.decidePayeeAccount({ accountId: payeeId, approve: true, idempotencyKey: checker.newId() })
  const amount = { currencyCode: 'RWF', units: 1_000n }
  await maker.payouts.createPayout({ payoutId, payeeId, size: { case: 'amount', value: amount }, remark: 'weekly' })
  const alone = await maker.payouts.approvePayout({ payoutId, idempotencyKey: maker.newId() }).then(
    () => true,
    () => false,
  )
  prove(!alone, 'whoever asked for a payout could approve it')
  await checker.payouts.approvePayout({ payoutId, idempotencyKey: checker.newId() })
  const payout = await eventually('the payout', async () => {
    const { payout: seen } = await maker.payouts.getPayout({ payoutId })
    return seen?.state === Payout_State.SUCCEEDED ? seen : undefined
  })
  const lines = payout.statement.length
  return [
    undefined,
    `1000 RWF arrived, receipt ${payout.receipt}; its statement has ${lines} lines that add up`,
  ] as const
}

/** Compares the books with the statement that M-Pesa's portal exports. */
export async function reconciled(platform: Tms, sandboxUrl: string) {
  const day = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)
  const statement = await fetch(`${sandboxUrl}/statements/174379?from=${day(-1)}&to=${day(1)}`)
  const content = Buffer.from(await statement.text())
  const reconciliationId = platform.newId()
  const file = { fileName: 'demo.csv', layout: SettlementLayout.DARAJA_STATEMENT, currencyCode: 'RWF' }
  await platform.reconciliation.startReconciliation({ reconciliationId, provider: 'mpesa', file })
  await platform.reconciliation.uploadSettlementPart({ reconciliationId, partNumber: 0, content })
  await platform.reconciliation.runReconciliation({ reconciliationId, partCount: 1 })
  const done = await eventually('the reconciliation', async () => {
    const { reconciliation } = await platform.reconciliation.getReconciliation({ reconciliationId })
    return reconciliation && reconciliation.state > Reconciliation_State.RUNNING ? reconciliation : undefined
  })
  const matched = done.totals.find(({ finding }) => finding === Finding.MATCHED)
  prove(done.state === Reconciliation_State.COMPLETED, 'the statement could not be read')
  prove(matched !== undefined && matched.count >= 2, 'the payments of this story are not on the statement')
  return [
    undefined,
    `${matched.count} lines of M-Pesa's statement agree, ${done.openBreakCount} breaks are open`,
  ] as const
}
