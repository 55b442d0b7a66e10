import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { AccountKind } from '#gen/tms/payment/v1/ledger_pb.ts'
import { PaymentIntent_State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { Payee_Kind, Payout_State } from '#gen/tms/payment/v1/payout_pb.ts'
import { Finding, Reconciliation_State, Resolution, SettlementLayout } from '#gen/tms/payment/v1/reconciliation_pb.ts'
import type { Booking } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { moneyFromProto } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { identity } from '../../services/identity.ts'
import { loadServices, serviceNames } from '../../services/roster.ts'
import { PaymentMethod, type Tms } from '../sdk/src/node.ts'
import { type Company, id, openCompany } from './testing/world/companies.ts'
import { type Town, townWithGateway } from './testing/world/front_door.ts'
import { ikirezi } from './testing/world/line.ts'
import { bookingOf, confirmed, holdSeats, pay, paymentReaches, timePasses } from './testing/world/passenger.ts'

const services = await loadServices(serviceNames)
const options = { ...identity, now: new Date().toISOString(), outside: townWithGateway, timeoutMs: 180_000 }

/** Each way to pay, with a phone of its operator; a seat that is ridden, and one that is given back. */
const wallets = [
  { method: PaymentMethod.MPESA, phone: '+250788700007', ridden: '1A', cancelled: '2A' },
  { method: PaymentMethod.MTN, phone: '+250790700007', ridden: '1B', cancelled: '2B' },
  { method: PaymentMethod.AIRTEL, phone: '+250730700007', ridden: '1C', cancelled: '2C' },
] as const

placements(
  'every provider is paid, gives back and pays out by the front door; each seeded break is found and explained; the books balance [S2-07][S3-54][S3-55][S3-56][S3-58][S4-25][S4-27]',
  services,
  async (suite, town) => {
    // MTN's callbacks come by PUT as well as by POST.
    town.sandbox.scenario({ mtnCallbackMethod: 'PUT' })
    const company = await openCompany(suite, ikirezi)
    const staff = await staffOf(suite, town, company)
    const exchangeRateId = await setRate(suite, staff.platform)
    const guest = town.device()
    await guest.session.asGuest()

    for (const wallet of wallets) await payAndGiveBack(suite, town, company, guest, wallet)
    await payAndGiveBackByPayPal(suite, town, company, guest, exchangeRateId)
    for (const { method, phone } of wallets) await payOut(suite, staff, method, phone)
    await payAndGiveBackInCash(suite, company, guest, staff.cashier)
    await expectCompanyToBeOwed(staff.maker, 5 * 6_000 - 3 * 1_000)

    await reconcile(suite, town, company, staff.platform)
    await expectBalance(staff.platform)
  },
  { ...options, placements: ['memory'] },
)

/** Two people of the company's office, one at its counter, and one of the platform's. */
async function staffOf(suite: Suite, town: Town, company: Company) {
  const verbs = ['payees.update', 'payees.approve', 'payouts.create', 'payouts.approve', 'payouts.read']
  const permissions = [...verbs, 'ledger.read', 'reports.read'].map((verb) => `payment.${verb}`)
  const office = () => suite.token({ userId: id(), tenantId: company.tenantId, roles: ['manager'], permissions })
  return {
    maker: town.deviceWith(await office()),
    checker: town.deviceWith(await office()),
    cashier: town.deviceWith(
      await suite.token({
        userId: id(),
        tenantId: company.tenantId,
        roles: ['agent'],
        permissions: ['payment.intents.pay', 'payment.cash.collect'],
      }),
    ),
    platform: town.deviceWith(await suite.token({ userId: id(), roles: ['admin'], permissions: ['*'] })),
  }
}
type Staff = Awaited<ReturnType<typeof staffOf>>

async function setRate(suite: Suite, platform: Tms): Promise<string> {
  const exchangeRateId = id()
  await platform.exchangeRates.setExchangeRate({
    exchangeRateId,
    fromCurrency: 'RWF',
    toCurrency: 'USD',
    rate: '0.0007',
    marginBasisPoints: 200,
    expireTime: timestampFromMs(suite.clock.now().getTime() + 86_400_000),
  })
  return exchangeRateId
}

async function payAndGiveBack(
  suite: Suite,
  town: Town,
  { tripId }: Company,
  guest: Tms,
  { method, phone, ridden, cancelled }: (typeof wallets)[number],
): Promise<void> {
  for (const seat of [ridden, cancelled]) {
    const held = await holdSeats(guest, { tripId }, phone, { [seat]: 'Claudine Ingabire' })
    const { paymentIntentId } = held
    await guest.payment.confirmPaymentIntent({ paymentIntentId, method, phone, idempotencyKey: guest.newId() })
    const paid = await paymentReaches(guest, held, PaymentIntent_State.SUCCEEDED)
    expect(paid.latestAttempt).toMatchObject({ method })
    await confirmed(suite, guest, held)
    if (seat === ridden) continue
    const before = town.sandbox.phone(phone).balance()
    await giveBack(suite, guest, held)
    expect(town.sandbox.phone(phone).balance() - before).toBe(4_000)
  }
}

async function giveBack(suite: Suite, guest: Tms, held: Booking): Promise<void> {
  await guest.ticketing.cancelBooking({ idempotencyKey: guest.newId(), bookingId: held.bookingId })
  const isBack = async () => (await bookingOf(guest, held)).refund?.settleTime !== undefined
  await timePasses(suite, isBack, 'the refund')
}

/** In dollars, at a rate that the payer has agreed to; the money goes back at the same. */
async function payAndGiveBackByPayPal(suite: Suite, town: Town, company: Company, guest: Tms, exchangeRateId: string) {
  const { paypal } = town.sandbox
  for (const seat of ['1D', '2D']) {
    const held = await holdSeats(guest, { tripId: company.tripId }, '+250788700107', { [seat]: 'Claudine Ingabire' })
    const { paymentIntentId } = held
    const method = PaymentMethod.PAYPAL
    await guest.payment.confirmPaymentIntent({ paymentIntentId, method, exchangeRateId, idempotencyKey: guest.newId() })
    const order = await paypal.nextOrder(10_000)
    let attemptId = ''
    for await (const { latestAttempt } of guest.watchPayment(paymentIntentId, AbortSignal.timeout(10_000))) {
      attemptId = latestAttempt?.attemptId ?? ''
      if (latestAttempt?.approveUrl) break
    }
    paypal.approve(order.id)
    // One payer is sent back to our page, which says so; of the other, who closed it, the webhook alone tells.
    if (seat === '2D') await guest.payment.finishApproval({ attemptId, declined: false })
    await paymentReaches(guest, held, PaymentIntent_State.SUCCEEDED)
    await confirmed(suite, guest, held)
    if (seat === '2D') await giveBack(suite, guest, held)
  }
  // RWF 6,000 and 4,000 at 0.0007 and 2 % on top.
  expect(paypal.totals()).toEqual({ USD: { captured: 429 + 286, refunded: 286 } })
}

/** Counted by staff at the counter, and handed back there; nobody outside is asked. */
async function payAndGiveBackInCash(suite: Suite, { nextTripId: tripId }: Company, guest: Tms, cashier: Tms) {
  for (const seat of ['1A', '1B']) {
    const held = await holdSeats(guest, { tripId }, '+250788700207', { [seat]: 'Claudine Ingabire' })
    const { paymentIntentId } = held
    const cash = { paymentIntentId, method: PaymentMethod.CASH, idempotencyKey: cashier.newId() }
    await cashier.payment.confirmPaymentIntent(cash)
    await paymentReaches(guest, held, PaymentIntent_State.SUCCEEDED)
    await confirmed(suite, guest, held)
    if (seat === '1B') await giveBack(suite, guest, held)
  }
}

/** One person asks, another approves, and the money is on the phone. */
async function payOut(suite: Suite, { maker, checker }: Staff, method: PaymentMethod, account: string): Promise<void> {
  const [payeeId, payoutId] = [id(), id()]
  await maker.payouts.createPayee({ payeeId, kind: Payee_Kind.COMPANY, displayName: 'Ikirezi', method, account })
  await checker.payouts.decidePayeeAccount({ accountId: payeeId, approve: true, idempotencyKey: id() })
  const amount = { currencyCode: 'RWF', units: 1_000n }
  await maker.payouts.createPayout({ payoutId, payeeId, size: { case: 'amount', value: amount }, remark: 'weekly' })
  await checker.payouts.approvePayout({ payoutId, idempotencyKey: id() })
  const arrived = async () => (await maker.payouts.getPayout({ payoutId })).payout?.state === Payout_State.SUCCEEDED
  await timePasses(suite, arrived, 'the payout')
}

async function expectCompanyToBeOwed(manager: Tms, francs: number): Promise<void> {
  const { lines } = await manager.payment.getTrialBalance({})
  const due = lines.find(({ account }) => account?.kind === AccountKind.TENANT_PAYABLE)
  expect(moneyFromProto(due!.creditTotal!).minor - moneyFromProto(due!.debitTotal!).minor).toBe(BigInt(francs))
}

/** What is wrong with a line of the statement, what is found of it, and what the bookkeeper does about it. */
const seeds = [
  { fault: 'drop', phone: '+250788700211', finding: Finding.MISSING_THERE, resolution: Resolution.BOOK_DIFFERENCE },
  { fault: 'change', phone: '+250788700212', finding: Finding.AMOUNT_DIFFERS, resolution: Resolution.BOOK_DIFFERENCE },
  { fault: 'double', phone: '+250788700213', finding: Finding.DUPLICATE, resolution: Resolution.NO_CHANGE },
  { fault: 'stranger', phone: '+250788700214', finding: Finding.MISSING_HERE, resolution: Resolution.BOOK_TO_SUSPENSE },
] as const

async function reconcile(suite: Suite, town: Town, { nextTripId: tripId }: Company, platform: Tms): Promise<void> {
  const guest = town.device()
  await guest.session.asGuest()
  for (const [index, { fault, phone }] of seeds.entries()) {
    town.sandbox.phone(phone).scenario({ statementFault: fault })
    await pay(suite, guest, await holdSeats(guest, { tripId }, phone, { [`2${'ABCD'[index]}`]: 'Jean Bosco' }), phone)
  }
  const done = await reconcileFile(town, platform, 'first')
  const { breaks } = await platform.reconciliation.listBreaks({})
  expect(breaks.map(({ kind }) => kind).sort()).toEqual(seeds.map(({ finding }) => finding).sort())
  expect(done.openBreakCount).toBe(seeds.length)
  for (const { kind, breakId } of breaks) {
    const { resolution } = seeds.find(({ finding }) => finding === kind)!
    const reason = 'seen with the provider'
    await platform.reconciliation.resolveBreak({ idempotencyKey: id(), breakId, resolution, reason })
  }
  expect((await platform.reconciliation.listBreaks({})).breaks).toEqual([])
}

/** Exports the paybill's statement and uploads it, as a bookkeeper does; a day more on either side, for midnight's sake. */
async function reconcileFile(town: Town, platform: Tms, name: string) {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const statement = await fetch(`${town.sandbox.baseUrl}/statements/174379?from=${day(-1)}&to=${day(1)}`)
  const content = Buffer.from(await statement.text())
  const reconciliationId = id()
  const file = { fileName: `${name}.csv`, layout: SettlementLayout.DARAJA_STATEMENT, currencyCode: 'KES' }
  await platform.reconciliation.startReconciliation({ reconciliationId, provider: 'mpesa', file })
  await platform.reconciliation.uploadSettlementPart({ reconciliationId, partNumber: 0, content })
  await platform.reconciliation.runReconciliation({ reconciliationId, partCount: 1 })
  for (let tries = 0; tries < 500; tries++) {
    const { reconciliation } = await platform.reconciliation.getReconciliation({ reconciliationId })
    if (reconciliation && reconciliation.state > Reconciliation_State.RUNNING) return reconciliation
    await sleep(20)
  }
  throw new Error('the reconciliation did not end')
}

async function expectBalance(platform: Tms): Promise<void> {
  const { lines } = await platform.payment.getPlatformTrialBalance({})
  const minor = lines.map(
    ({ debitTotal, creditTotal }) => moneyFromProto(debitTotal!).minor - moneyFromProto(creditTotal!).minor,
  )
  expect(minor.length).toBeGreaterThan(4)
  expect(minor.reduce((sum, one) => sum + one, 0n)).toBe(0n)
}
