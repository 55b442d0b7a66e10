import { type Context, nationalDigits } from '#kit'
import type { Settings } from '../../config.ts'
import { PROMPT_OVER_SECONDS, secondsAfter } from '../../domain/schedule.ts'
import { submitted, verdictOf } from '../outcomes.ts'
import type { Charge, PaymentProvider, Submission, Verdict } from '../provider.ts'
import { unsuitableForWallet, type WalletRules, wholeUnits } from '../wallet.ts'
import { readEnquiry, readSubmission } from './answers.ts'
import { parseCallback } from './callback.ts'
import { type AirtelClient, airtelClient } from './client.ts'
import { reasonOf } from './codes.ts'
import { labelOf } from './label.ts'
import { payoutsOf } from './payouts.ts'
import { airtelIdOf, uuidOf } from './reference.ts'
import { refund, refundStatus } from './refund.ts'

/** What every request to Airtel needs. */
export type Airtel = {
  readonly client: AirtelClient
  readonly rules: WalletRules
  readonly settings: Settings
} & Pick<Context, 'clock'>

/** A setting that says "none". */
const OFF = 'off'

/**
 * Airtel Money: USSD push, enquiry, refund, disbursement, each under an id that is made from our own.
 *
 * Its answer to an enquiry is its last word; callbacks come to one address for all and are nothing but a reason to ask.
 */
export function airtel(ctx: Pick<Context, 'http' | 'clock'>, settings: Settings): PaymentProvider {
  const rules: WalletRules = {
    provider: 'airtel',
    brand: 'Airtel Money',
    currencies: [settings.airtelCurrency],
    countries: [settings.airtelCountry],
    minAmount: settings.airtelMinAmount,
    maxAmount: settings.airtelMaxAmount,
  }
  const own: Airtel = { client: airtelClient(ctx, settings), rules, settings, clock: ctx.clock }
  const sources = new Set(settings.airtelCallbackSources)
  const callbackKey = settings.airtelCallbackKey === OFF ? undefined : settings.airtelCallbackKey
  return {
    name: 'airtel',
    unsuitable: (amount, phone) => unsuitableForWallet(rules, amount, phone),
    unavailableMs: (operation) => own.client.openMs(sentFor[operation]),
    referenceOf: ({ attemptId }) => airtelIdOf(attemptId),
    charge: (charge) => collect(own, charge),
    query: (_, charge) => chargeStatus(own, charge),
    search: (charge) => chargeStatus(own, charge),
    refund: (giveBack) => refund(own, giveBack),
    queryRefund: (giveBack) => refundStatus(own, giveBack),
    meansDoneBefore: () => false,
    reasonOf,
    parseCallback: (body) => parseCallback(body, callbackKey),
    oneAddress: {
      token: settings.airtelCallbackToken,
      attemptIdIn: ({ references: [id = ''] }) => uuidOf(id),
    },
    comesFrom: (address) => sources.size === 0 || sources.has(address),
    payouts: payoutsOf(own),
    callbackAnswer: { status: 200, contentType: 'application/json', body: '{}' },
  }
}

/** What each operation sends to Airtel. */
const sentFor = { charge: 'collection', refund: 'refund', payout: 'disbursement' } as const

/** Asks the payer's phone for the PIN: `POST /merchant/v1/payments/`. Called back at the portal's one address. */
function collect({ client, settings }: Airtel, charge: Charge): Promise<Submission> {
  const reference = airtelIdOf(charge.attemptId)
  const market = { country: settings.airtelCountry, currency: settings.airtelCurrency }
  const sending = client.post('collection', {
    reference: labelOf(charge.reference),
    subscriber: { ...market, msisdn: nationalDigits(charge.phone) },
    transaction: { amount: Number(wholeUnits(charge.amount)), ...market, id: reference },
  })
  return submitted(sending, (response) => readSubmission(response, reference))
}

/** `GET /standard/v1/payments/{id}`, always by the id that is the attempt's own. */
function chargeStatus({ client, clock }: Airtel, { attemptId, createTime }: Charge): Promise<Verdict> {
  const over = clock.now() >= secondsAfter(createTime, PROMPT_OVER_SECONDS)
  const path = `/standard/v1/payments/${airtelIdOf(attemptId)}`
  return verdictOf(() => client.get(path).then((response) => readEnquiry(response, over)))
}
