import type { OutboundResponse } from '#kit'
import { withoutPlus } from '#kit'
import { PROMPT_OVER_SECONDS, secondsAfter } from '../../domain/schedule.ts'
import { verdictOf } from '../outcomes.ts'
import type { Charge, OthersOf, Verdict } from '../provider.ts'
import { fieldsOf, type Fields, objectIn, textIn } from '../json.ts'
import { faultIn } from './envelope.ts'
import type { Daraja } from './index.ts'
import { wholeUnits } from '../wallet.ts'

/** Daraja's answer that the window has no transactions. */
const NONE = '1001'
const SOME = '1000'

/**
 * Looks for a payment in the paybill's own list: `POST /pulltransactions/v1/query`. The only way to learn what became of
 * a push whose CheckoutRequestID never reached us and whose callback was lost.
 *
 * The list has none until the prompt is over: then, and only then, its silence means that nothing was paid. A payment is
 * recognised by reference, amount and time; the number is compared when the list does not mask it. One that has paid for
 * something else already does not count: two attempts at one order look the same there.
 *
 * The documentation disagrees on GET with a body or POST; POST is what is sent here.
 */
export async function pullPayment(daraja: Daraja, charge: Charge, othersOf: OthersOf): Promise<Verdict> {
  const now = daraja.clock.now()
  const body = {
    ShortCode: daraja.settings.mpesaShortCode,
    StartDate: listTime(secondsAfter(charge.createTime, -60)), // their clock and ours may differ
    EndDate: listTime(secondsAfter(now, 60)),
    OffSetValue: '0',
  }
  const over = now >= secondsAfter(charge.createTime, PROMPT_OVER_SECONDS)
  return verdictOf(async () => readList(await daraja.client.post('pull', body), { charge, over, othersOf }))
}

type Wanted = { readonly charge: Charge; readonly over: boolean; readonly othersOf: OthersOf }

async function readList(response: OutboundResponse, { charge, over, othersOf }: Wanted): Promise<Verdict> {
  const answer = objectIn(response.text)
  const code = textIn(answer, 'ResponseCode')
  if (response.status !== 200 || (code !== SOME && code !== NONE)) {
    return { outcome: 'UNKNOWN', code: faultIn(response).code }
  }
  const like = rowsOf(answer?.['Response']).filter((row) => isPaymentOf(row, charge))
  const receipts = like.map((row) => textIn(row, 'transactionId'))
  const others = await othersOf(receipts)
  const found = receipts.find((receipt) => !others.has(receipt))
  if (found !== undefined) return { outcome: 'PAID', receipt: found || undefined }
  return over ? { outcome: 'FAILED', reason: 'NOT_RECEIVED', code: NONE } : { outcome: 'PENDING' }
}

/** Rows are nested twice. */
function rowsOf(response: unknown): Fields[] {
  const flat: unknown[] = Array.isArray(response) ? response.flat(2) : []
  return flat.map(fieldsOf).filter((row) => row !== undefined)
}

function isPaymentOf(row: Fields, charge: Charge): boolean {
  const msisdn = textIn(row, 'msisdn')
  return (
    textIn(row, 'billreference').toUpperCase() === charge.reference.toUpperCase() &&
    // Decimal text with one decimal or two, or a number: compared as a number, exact far beyond M-Pesa's limits.
    Number(textIn(row, 'amount')) === Number(wholeUnits(charge.amount)) &&
    (!/^\d{12}$/.test(msisdn) || msisdn === withoutPlus(charge.phone))
  )
}

/** `YYYY-MM-DD HH:mm:ss` in East Africa Time. */
function listTime(instant: Date): string {
  const eastAfrica = new Date(instant.getTime() + 3 * 3_600_000)
  return eastAfrica.toISOString().slice(0, 19).replace('T', ' ')
}
