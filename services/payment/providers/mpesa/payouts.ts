import { exponentOf, type Money, money } from '#kit'
import type { Settings } from '../../config.ts'
import type { PayoutRail } from '../payout_rail.ts'
import type { Unsuitable } from '../provider.ts'
import { sendToPhone } from './b2c.ts'
import type { Daraja } from './index.ts'
import { askStatus } from './status.ts'
import { unsuitable, wholeUnits } from './unsuitable.ts'

/** Daraja sends no less to a phone. */
const MIN_UNITS = 10n

/** Payouts to phones by B2C. Daraja tells nobody whose a number is, and answers questions by callback. */
export function phonePayouts(daraja: Daraja): PayoutRail {
  const { settings } = daraja
  return {
    unsuitable: (amount, account) => unsuitablePayout(settings, amount, account),
    largestWithin: (due) => largestWithin(settings, due),
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

function unsuitablePayout(settings: Settings, amount: Money, account: string): Unsuitable[] {
  const least =
    wholeUnits(amount) < MIN_UNITS
      ? [{ field: 'amount', description: `M-Pesa sends at least ${MIN_UNITS} ${amount.currency}` }]
      : []
  // A charge's fields by a payout's names.
  const names: Readonly<Record<string, string>> = { phone: 'account', method: 'amount' }
  const most = unsuitable(settings, amount, account).map(({ field, description }) => {
    return { field: names[field] ?? field, description }
  })
  return [...least, ...most]
}

/** Whole shillings, and no more at a time than M-Pesa takes. */
function largestWithin({ mpesaMaxAmount }: Settings, due: Money): Money {
  const unit = 10n ** BigInt(exponentOf(due.currency))
  const most = BigInt(mpesaMaxAmount) * unit
  const minor = due.minor > most ? most : due.minor - (due.minor % unit)
  return money(due.currency, minor)
}
