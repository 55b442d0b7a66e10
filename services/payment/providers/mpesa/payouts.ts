import type { PayoutRail } from '../payout_rail.ts'
import { largestWithin, PAYOUT_FIELDS, unsuitableForWallet } from '../wallet.ts'
import { sendToPhone } from './b2c.ts'
import type { Daraja } from './index.ts'
import { askStatus } from './status.ts'

/** Daraja sends no less to a phone. */
const MIN_AMOUNT = 10

/** Payouts to phones by B2C. Daraja tells nobody whose a number is, and answers questions by callback. */
export function phonePayouts(daraja: Daraja): PayoutRail {
  const { settings } = daraja
  const rules = { ...daraja.rules, minAmount: MIN_AMOUNT }
  return {
    unsuitable: (amount, account) => unsuitableForWallet(rules, amount, account, PAYOUT_FIELDS),
    largestWithin: (due) => largestWithin(rules, due),
    send: ({ payoutId, amount, account, remark }, urls) =>
      sendToPhone(daraja, { id: payoutId, amount, phone: account, remarks: remark }, urls),
    query: async ({ payoutId }, _reference, urls) => {
      // By our own id: it is the request's, whether or not the answer to the request has come.
      const asked = await askStatus(daraja, { reference: payoutId }, urls, settings.mpesaPayoutShortCode)
      if (asked.outcome === 'ACCEPTED') return { outcome: 'ASKED', reference: asked.reference }
      return { outcome: 'UNKNOWN', code: 'code' in asked ? asked.code : asked.outcome }
    },
  }
}
