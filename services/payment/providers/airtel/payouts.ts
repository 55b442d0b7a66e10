import { type Money, nationalDigits, type OutboundResponse } from '#kit'
import { PROMPT_OVER_SECONDS, secondsAfter } from '../../domain/schedule.ts'
import { fieldsOf, objectIn, textIn } from '../json.ts'
import { submitted, verdictOf } from '../outcomes.ts'
import type { AccountHolder, PayoutRail } from '../payout_rail.ts'
import type { Submission, Verdict } from '../provider.ts'
import { largestWithin, PAYOUT_FIELDS, unsuitableForWallet, wholeUnits } from '../wallet.ts'
import { readAnswer, readEnquiry, readSubmission } from './answers.ts'
import type { Airtel } from './index.ts'
import { airtelIdOf } from './reference.ts'
import { labelOf } from './label.ts'

/** Money to be sent to a wallet under an id of ours: a payout, or a refund of a part. */
export type Disbursement = {
  readonly id: string
  readonly amount: Money
  readonly phone: string
  readonly remark: string
}

/** Disbursements, recognised by our id however often they are sent. */
export function payoutsOf(airtel: Airtel): PayoutRail {
  return {
    unsuitable: (amount, account) => unsuitableForWallet(airtel.rules, amount, account, PAYOUT_FIELDS),
    largestWithin: (due) => largestWithin(airtel.rules, due),
    lookUp: (account) => lookUp(airtel, account),
    send: ({ payoutId, amount, account, remark }) => disburse(airtel, { id: payoutId, amount, phone: account, remark }),
    query: ({ payoutId, createTime }) => {
      const over = airtel.clock.now() >= secondsAfter(createTime, PROMPT_OVER_SECONDS)
      return disbursementStatus(airtel, payoutId, over)
    },
  }
}

/** `POST /standard/v1/disbursements/`: Airtel says at once how that went, when it is sure. */
export function disburse({ client }: Airtel, { id, amount, phone, remark }: Disbursement): Promise<Submission> {
  const reference = airtelIdOf(id)
  const sending = client.pin().then((pin) =>
    client.post('disbursement', {
      payee: { msisdn: nationalDigits(phone) },
      reference: labelOf(remark),
      pin,
      transaction: { amount: Number(wholeUnits(amount)), id: reference },
    }),
  )
  return submitted(sending, (response) => readDisbursement(response, reference))
}

function readDisbursement(response: OutboundResponse, reference: string): Submission {
  const submission = readSubmission(response, reference)
  if (submission.outcome !== 'ACCEPTED') return submission
  const { code, transaction } = readAnswer(response)
  if (code !== 'DP00900001001' || textIn(transaction, 'status') !== 'TS') return submission
  return { outcome: 'SETTLED', reference, receipt: textIn(transaction, 'airtel_money_id') || undefined }
}

/** `GET /standard/v1/disbursements/{id}` @param over as in `readEnquiry` */
export function disbursementStatus({ client }: Airtel, id: string, over: boolean): Promise<Verdict> {
  const path = `/standard/v1/disbursements/${airtelIdOf(id)}`
  return verdictOf(() => client.get(path).then((response) => readEnquiry(response, over)))
}

/** `GET /standard/v1/users/{msisdn}` */
async function lookUp({ client }: Airtel, account: string): Promise<AccountHolder> {
  const answered = client.get(`/standard/v1/users/${nationalDigits(account)}`)
  const response = await answered.catch((err: unknown) => (err instanceof Error ? err.name : String(err)))
  if (typeof response === 'string') return { outcome: 'UNKNOWN', code: response }
  const { code } = readAnswer(response)
  if (code === 'DP02200000002') return { outcome: 'INACTIVE' }
  const user = fieldsOf(objectIn(response.text)?.['data'])
  if (code !== 'DP02200000001' || !user) return { outcome: 'UNKNOWN', code }
  if (user['is_barred'] === true) return { outcome: 'INACTIVE' }
  const name = [textIn(user, 'first_name'), textIn(user, 'last_name')].filter((part) => part !== '').join(' ')
  return { outcome: 'ACTIVE', ...(name !== '' && { name }) }
}
