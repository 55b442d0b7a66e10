import { withoutPlus } from '#kit'
import { PROMPT_OVER_SECONDS, secondsAfter } from '../../domain/schedule.ts'
import { objectIn, textIn } from '../json.ts'
import { submitted, verdictOf } from '../outcomes.ts'
import type { AccountHolder, PayoutRail } from '../payout_rail.ts'
import { largestWithin, PAYOUT_FIELDS, unsuitableForWallet } from '../wallet.ts'
import { codeIn, readStatus, readSubmission } from './answers.ts'
import type { Momo } from './index.ts'
import { orderOf, walletAt } from './orders.ts'
import { referenceOf } from './reference.ts'

/** Disbursements: `POST /disbursement/v1_0/transfer`, recognised by their reference id however often they are sent. */
export function payoutsOf(momo: Momo): PayoutRail {
  const { client, rules, clock } = momo
  return {
    unsuitable: (amount, account) => unsuitableForWallet(rules, amount, account, PAYOUT_FIELDS),
    largestWithin: (due) => largestWithin(rules, due),
    lookUp: (account) => lookUp(momo, account),
    send: ({ payoutId, amount, account, remark }, urls) => {
      const reference = referenceOf('payout', payoutId)
      const body = { ...orderOf(amount, reference, remark, remark), payee: walletAt(account) }
      const sending = client.create('transfer', reference, body, urls.result)
      return submitted(sending, (response) => readSubmission(response, reference))
    },
    query: ({ payoutId, amount, createTime }) => {
      const over = clock.now() >= secondsAfter(createTime, PROMPT_OVER_SECONDS)
      const reference = referenceOf('payout', payoutId)
      return verdictOf(() => client.status('transfer', reference).then((answer) => readStatus(answer, amount, over)))
    },
  }
}

/** `GET …/accountholder/msisdn/{number}/active`, and the name where MTN tells it. */
async function lookUp({ client }: Momo, account: string): Promise<AccountHolder> {
  const msisdn = withoutPlus(account)
  const answered = client.holder(msisdn, 'active').then(
    (response) => response,
    (err: unknown) => (err instanceof Error ? err : new Error(String(err))),
  )
  const active = await answered
  if (active instanceof Error) return { outcome: 'UNKNOWN', code: active.name }
  if (active.status === 404) return { outcome: 'INACTIVE' }
  const result = objectIn(active.text)?.['result']
  if (active.status !== 200 || typeof result !== 'boolean') return { outcome: 'UNKNOWN', code: codeIn(active) }
  if (!result) return { outcome: 'INACTIVE' }
  const info = await client.holder(msisdn, 'basicuserinfo').catch(() => undefined)
  const name = info?.status === 200 ? textIn(objectIn(info.text), 'name') : ''
  return { outcome: 'ACTIVE', ...(name !== '' && { name }) }
}
