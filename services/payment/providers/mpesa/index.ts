import type { Context } from '#kit'
import type { Settings } from '../../config.ts'
import type { PaymentProvider } from '../provider.ts'
import { unsuitableForWallet, type WalletRules } from '../wallet.ts'
import { parseCallback } from './callback.ts'
import { type DarajaClient, darajaClient } from './client.ts'
import { type Operator, operatorOf } from './operator.ts'
import { phonePayouts } from './payouts.ts'
import { payBack, reverse } from './refund.ts'
import { ALREADY_REVERSED, reasonOfCode } from './result_codes.ts'
import { paybillOf } from './paybill.ts'
import { pullPayment } from './pull.ts'
import { askStatus } from './status.ts'
import { pushPrompt } from './stk_push.ts'
import { queryPush } from './stk_query.ts'

/** What every request to Daraja needs. */
export type Daraja = {
  readonly client: DarajaClient
  readonly settings: Settings
  readonly rules: WalletRules
  readonly operator: Operator
} & Pick<Context, 'clock'>

/** The product behind each operation. */
const products = { charge: 'push', refund: 'reversal', payout: 'payout' } as const

/**
 * Safaricom M-Pesa by Daraja: STK push and its query, transaction status, reversal, B2C.
 *
 * A payment is reversed once; what is given back after that goes as a payout (B2C), which takes our id and so is safe
 * to repeat.
 */
export function mpesa(ctx: Pick<Context, 'http' | 'clock'>, settings: Settings): PaymentProvider {
  const client = darajaClient(ctx, settings)
  const rules: WalletRules = {
    brand: 'M-Pesa',
    currencies: settings.mpesaCurrencies,
    countries: settings.mpesaCountries,
    minAmount: 1,
    maxAmount: settings.mpesaMaxAmount,
  }
  const daraja: Daraja = { client, settings, rules, operator: operatorOf(client, settings), clock: ctx.clock }
  const sources = new Set(settings.mpesaCallbackSources)
  return {
    name: 'mpesa',
    // Daraja refuses addresses that name it or Safaricom.
    pathName: 'dj',
    unsuitable: (amount, phone) => unsuitableForWallet(rules, amount, phone),
    unavailableMs: (operation) => client.openMs(products[operation]),
    charge: (charge, urls) => pushPrompt(daraja, charge, urls),
    query: (reference) => queryPush(daraja, reference),
    search: (charge, othersOf) => pullPayment(daraja, charge, othersOf),
    inquire: (inquiry, urls) => askStatus(daraja, inquiry, urls),
    refund: (giveBack, urls) =>
      giveBack.earlierRefunds === 0 ? reverse(daraja, giveBack, urls) : payBack(daraja, giveBack, urls),
    meansDoneBefore: (code, { repeated }) => repeated && code === ALREADY_REVERSED,
    reasonOf: reasonOfCode,
    parseCallback,
    payouts: phonePayouts(daraja),
    comesFrom: (address) => sources.size === 0 || sources.has(address),
    paybill: paybillOf(daraja),
    callbackAnswer: {
      status: 200,
      contentType: 'application/json',
      body: '{"ResultCode":0,"ResultDesc":"Accepted"}',
    },
  }
}
