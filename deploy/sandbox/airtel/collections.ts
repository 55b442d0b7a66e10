import { withAnotherToken, type Post } from '../world/deliveries.ts'
import type { Answer, Incoming } from '../net/router.ts'
import { pay, ring, type Ending } from '../world/prompts.ts'
import type { World } from '../world/world.ts'
import {
  type Airtel,
  amountIn,
  bodyOf,
  idIn,
  marketIn,
  msisdnIn,
  newMoneyId,
  newTransaction,
  textIn,
  type Transaction,
  within,
} from './airtel.ts'
import { codeOfEnding, describe } from './codes.ts'
import { AirtelError, answer } from './envelope.ts'
import { callbackHash } from './keys.ts'

/** `POST /merchant/v1/payments/`: asks a phone's owner to pay. */
export async function collect(airtel: Airtel, request: Incoming): Promise<Answer> {
  const { world } = airtel
  const market = marketIn(request.headers)
  const body = bodyOf(request)
  const [subscriber, wanted] = [within(body, 'subscriber'), within(body, 'transaction')]
  const id = idIn(wanted)
  const msisdn = msisdnIn(subscriber, market)
  const { airtelError } = world.scenarios.of(msisdn)
  if (airtelError !== 'none') throw new AirtelError(airtelError === 'ROUTER007' ? 403 : 400, airtelError)
  if (textIn(wanted, 'currency') !== market.currency) throw new AirtelError(400, 'ESB000035')
  if (airtel.transactions.has(`collection ${id}`)) throw new AirtelError(400, 'ESB000041')
  const transaction = newTransaction(airtel, 'collection', {
    id,
    msisdn,
    amount: amountIn(wanted),
    currency: market.currency,
    reference: textIn(body, 'reference'),
  })
  world.payments.add(transaction.payment)
  world.phones.keepPayment(transaction.payment)
  await ring(world, transaction.payment, (ending) => finish(airtel, transaction, ending))
  return answer('DP00800001006', { transaction: { id, status: 'Success.' } })
}

/** Ends a collection and tells the merchant at the one address that the portal has. */
async function finish(airtel: Airtel, transaction: Transaction, ending: Ending): Promise<void> {
  const { world } = airtel
  const { payment } = transaction
  const { airtelCode } = world.scenarios.of(payment.msisdn)
  if (ending === 'arranged' && (airtelCode === 'DP00800001001' || airtelCode === 'DP00800001000')) {
    // Ambiguous is what Airtel says at first; the money has moved, or not, all the same.
    transaction.ambiguous = airtelCode === 'DP00800001000'
    return finish(airtel, transaction, pay(world, payment))
  }
  const paid = ending === 'paid'
  const code = paid ? 'DP00800001001' : ending === 'arranged' ? airtelCode : codeOfEnding[ending]
  transaction.code = code
  transaction.status = paid ? 'TS' : code === 'DP00800001029' ? 'TE' : 'TF'
  if (paid) transaction.airtelMoneyId = newMoneyId(world, 'MP')
  world.payments.settle(payment, { code, text: describe(code) }, world.clock.now(), transaction.airtelMoneyId)
  world.changes.tell({ msisdn: payment.msisdn })
  const { airtelCallbackUrl: url } = world.dashboard
  if (url === '' || transaction.ambiguous) return
  const { forge: wanted } = world.scenarios.of(payment.msisdn)
  await airtel.deliveries.deliver({
    msisdn: payment.msisdn,
    url,
    body: callbackBody(world, claimOf(transaction)),
    payment,
    forged: forgeriesOf(wanted).flatMap((kind) => forge(world, transaction, kind) ?? []),
  })
}

type Claim = {
  readonly id: string
  readonly message: string
  readonly status_code: string
  readonly airtel_money_id?: string
}

function claimOf({ id, status, code, airtelMoneyId, payment }: Transaction): Claim {
  const message = status === 'TS' ? `Paid ${payment.currency} ${payment.amount} to ${payment.business}` : describe(code)
  return {
    id,
    message,
    status_code: status === 'TS' ? 'TS' : 'TF',
    ...(airtelMoneyId !== undefined && { airtel_money_id: airtelMoneyId }),
  }
}

/** Authenticated by a hash when the portal has a key. */
function callbackBody(world: World, claim: Claim): string {
  const { callbackKey } = world.settings.airtel
  const body = { transaction: claim }
  if (callbackKey === undefined) return JSON.stringify(body)
  return JSON.stringify({ ...body, hash: callbackHash(callbackKey, JSON.stringify(body)) })
}

/** What somebody who is not Airtel may post; amount and currency are in no callback. */
const forgeries = ['checkout-id', 'success', 'path-token'] as const

function forgeriesOf(wanted: string): readonly string[] {
  return wanted === 'all' ? forgeries : forgeries.filter((kind) => kind === wanted)
}

/** A callback that claims success and is not true. Whoever forges has not the portal's key. */
export function forge(world: World, { id }: Transaction, kind: string): Post | undefined {
  const { airtelCallbackUrl: url } = world.dashboard
  if (url === '') return undefined
  const claim = { id, message: 'Paid', status_code: 'TS', airtel_money_id: newMoneyId(world, 'MP') }
  const body = (change: Partial<Claim> = {}) =>
    JSON.stringify({ transaction: { ...claim, ...change }, hash: 'Zm9yZ2Vk' })
  switch (kind) {
    case 'checkout-id':
      return { url, body: body({ id: 'NOBODYS' }) }
    case 'success':
      return { url, body: body() }
    case 'path-token':
      return { url: withAnotherToken(world, url), body: body() }
    default:
      return undefined
  }
}

/** `GET /standard/v1/payments/{id}` */
export function enquire(airtel: Airtel, request: Incoming): Answer {
  marketIn(request.headers)
  const found = airtel.transactions.get(`collection ${request.params.id ?? ''}`)
  if (!found) throw new AirtelError(400, 'DP00800001025')
  return shown(airtel.world, found, 'DP00800001000', 'DP00800001006')
}

/** A transaction as an enquiry shows it: the money's id with a success only, and `success` in the envelope whatever it is. */
export function shown(world: World, found: Transaction, ambiguous: string, inProcess: string): Answer {
  found.polls += 1
  const hidden = found.polls <= world.scenarios.of(found.payment.msisdn).queryPendingPolls
  const status = hidden ? (found.ambiguous ? 'TA' : 'TIP') : found.status
  const code = hidden ? (found.ambiguous ? ambiguous : inProcess) : found.code
  const { id, airtelMoneyId } = found
  const money = (status === 'TS' || status === 'TR') && airtelMoneyId !== undefined
  return answer(code, {
    transaction: { ...(money && { airtel_money_id: airtelMoneyId }), id, message: describe(code), status },
  })
}

/** `POST /standard/v1/payments/refund`: gives a whole payment back, once. */
export function refund(airtel: Airtel, request: Incoming): Answer {
  const { world } = airtel
  marketIn(request.headers)
  const receipt = textIn(within(bodyOf(request), 'transaction'), 'airtel_money_id')
  const original = world.payments.findByReceipt(receipt)
  const found = original && airtel.transactions.get(`collection ${original.id}`)
  if (!original || found?.payment !== original) throw new AirtelError(400, 'ESB000045')
  const { airtelRefundCode } = world.scenarios.of(original.msisdn)
  if (airtelRefundCode !== 'none') throw new AirtelError(400, airtelRefundCode)
  const account = world.accounts.of(original.shortCode)
  if (found.status === 'TR') throw new AirtelError(400, 'ESB000011')
  if (account.working < original.amount) throw new AirtelError(400, 'DP00800001007')
  account.working -= original.amount
  world.phones.of(original.msisdn).balance += original.amount
  found.status = 'TR'
  const moneyId = newMoneyId(world, 'CI')
  original.reversedBy = moneyId
  const now = world.clock.now()
  const back = { ...original, id: `refund ${original.id}`, kind: 'refund' as const, createTime: now, deliveries: [] }
  world.payments.add(back)
  world.payments.settle(back, { code: 'DP00800001001', text: describe('DP00800001001') }, now, moneyId)
  world.phones.keepPayment(back)
  world.changes.tell({ msisdn: original.msisdn })
  return answer('DP00800001001', { transaction: { airtel_money_id: moneyId, status: 'SUCCESS' } })
}
