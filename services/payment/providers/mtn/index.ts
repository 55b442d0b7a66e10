import type { Context } from '#kit'
import type { Settings } from '../../config.ts'
import { PROMPT_OVER_SECONDS, secondsAfter } from '../../domain/schedule.ts'
import { submitted, verdictOf } from '../outcomes.ts'
import type { CallbackUrls, Charge, PaymentProvider, Return, Submission, Verdict } from '../provider.ts'
import { unsuitableForWallet, type WalletRules } from '../wallet.ts'
import { readStatus, readSubmission } from './answers.ts'
import { parseCallback } from './callback.ts'
import { type MomoClient, momoClient } from './client.ts'
import { orderOf, walletAt } from './orders.ts'
import { payoutsOf } from './payouts.ts'
import { meaningOf } from './reasons.ts'
import { referenceOf } from './reference.ts'

/** The product behind each operation. */
const products = { charge: 'requesttopay', refund: 'refund', payout: 'transfer' } as const

/** What every request to MTN needs. */
export type Momo = { readonly client: MomoClient; readonly rules: WalletRules } & Pick<Context, 'clock'>

/**
 * MTN MoMo: request to pay, refund, transfer, each under a reference id that is made from our own.
 *
 * MTN's answer to a status query is its last word; callbacks are unsigned and carry no reference id, so that they are
 * nothing but a reason to ask.
 */
export function mtn(ctx: Pick<Context, 'http' | 'clock'>, settings: Settings): PaymentProvider {
  const rules: WalletRules = {
    provider: 'mtn',
    brand: 'MTN MoMo',
    currencies: settings.mtnCurrencies,
    countries: settings.mtnCountries,
    minAmount: 1,
    maxAmount: settings.mtnMaxAmount,
  }
  const momo: Momo = { client: momoClient(ctx, settings), rules, clock: ctx.clock }
  const sources = new Set(settings.mtnCallbackSources)
  return {
    name: 'mtn',
    unsuitable: (amount, phone) => unsuitableForWallet(rules, amount, phone),
    unavailableMs: (operation) => momo.client.openMs(products[operation]),
    referenceOf: ({ attemptId }) => referenceOf('charge', attemptId),
    charge: (charge, urls) => requestToPay(momo, charge, urls),
    query: (_, charge) => chargeStatus(momo, charge),
    search: (charge) => chargeStatus(momo, charge),
    refund: (giveBack, urls) => refund(momo, giveBack, urls),
    queryRefund: (giveBack) => refundStatus(momo, giveBack),
    meansDoneBefore: () => false,
    reasonOf: meaningOf,
    parseCallback,
    comesFrom: (address) => sources.size === 0 || sources.has(address),
    payouts: payoutsOf(momo),
    callbackAnswer: { status: 200, contentType: 'text/plain', body: '' },
  }
}

/** Asks the payer's phone for the PIN: `POST /collection/v1_0/requesttopay`. */
function requestToPay({ client }: Momo, charge: Charge, urls: CallbackUrls): Promise<Submission> {
  const reference = referenceOf('charge', charge.attemptId)
  const body = {
    ...orderOf(charge.amount, reference, charge.description, charge.reference),
    payer: walletAt(charge.phone),
  }
  const sending = client.create('requesttopay', reference, body, urls.result)
  return submitted(sending, (response) => readSubmission(response, reference))
}

/** `GET /collection/v1_0/requesttopay/{reference}`, always by the reference that is the attempt's own. */
function chargeStatus({ client, clock }: Momo, { attemptId, amount, createTime }: Charge): Promise<Verdict> {
  const over = clock.now() >= secondsAfter(createTime, PROMPT_OVER_SECONDS)
  const reference = referenceOf('charge', attemptId)
  return verdictOf(() => client.status('requesttopay', reference).then((answer) => readStatus(answer, amount, over)))
}

/** `POST /disbursement/v1_0/refund`: any part of a request to pay, as often as there is something left of it. */
function refund({ client }: Momo, giveBack: Return, urls: CallbackUrls): Promise<Submission> {
  const reference = referenceOf('refund', giveBack.refundId)
  const body = {
    ...orderOf(giveBack.amount, reference, giveBack.reason, giveBack.reason),
    referenceIdToRefund: referenceOf('charge', giveBack.attemptId),
  }
  const sending = client.create('refund', reference, body, urls.result)
  return submitted(sending, (response) => readSubmission(response, reference))
}

/** Whoever asks has waited until a send is over: a refund that is not known by now never came, and may be sent again. */
function refundStatus({ client }: Momo, { refundId, amount }: Return): Promise<Verdict> {
  const reference = referenceOf('refund', refundId)
  return verdictOf(() => client.status('refund', reference).then((answer) => readStatus(answer, amount, true)))
}
