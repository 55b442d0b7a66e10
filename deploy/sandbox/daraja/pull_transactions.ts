import { json } from '../net/answers.ts'
import type { Answer } from '../net/router.ts'
import type { Payment } from '../world/payments.ts'
import { businessOf } from './business.ts'
import type { Daraja } from './daraja.ts'
import { DarajaError, invalid } from './errors.ts'
import { type Body, matching, shortCodeIn } from './fields.ts'
import { listTime } from './ids.ts'

const HOUR_MS = 3_600_000
/** The list goes back two days and no further. */
const WINDOW_HOURS = 48
const KEPT = 10_000
const PAGE = 1_000

/**
 * `POST /pulltransactions/v1/query`: what came in on a short code between two moments, whether or not anybody was told.
 *
 * Rows are nested twice, as in the documentation, which disagrees on GET or POST.
 */
export function pullTransactions({ world }: Daraja, body: Body): Answer {
  const shortCode = shortCodeIn(body, 'ShortCode')
  if (!businessOf(world, shortCode)) throw new DarajaError('500.001.1001', 'Merchant does not exist')
  const [from, to] = [timeIn(body, 'StartDate'), timeIn(body, 'EndDate')]
  if (from > to) throw invalid('EndDate')
  const offset = Number(matching(body, 'OffSetValue', /^\d{1,6}$/))
  const earliest = Math.max(from, world.clock.now().getTime() - WINDOW_HOURS * HOUR_MS)
  const rows = world.payments
    .list(undefined, KEPT)
    .filter((payment) => payment.shortCode === shortCode && isIncome(payment) && timeOf(payment) >= earliest)
    .filter((payment) => timeOf(payment) <= to)
    .slice(offset, offset + PAGE)
    .map(rowOf)
  const found = rows.length > 0
  return json(200, {
    ResponseRefID: 'pull',
    ResponseCode: found ? '1000' : '1001',
    ResponseMessage: found ? 'Success' : 'No transactions found',
    Response: [rows],
  })
}

function isIncome({ kind, outcome }: Payment): boolean {
  return (kind === 'stk-push' || kind === 'c2b') && outcome?.code === '0'
}

const timeOf = ({ outcome, createTime }: Payment) => (outcome?.time ?? createTime).getTime()

function rowOf(payment: Payment) {
  return {
    transactionId: payment.outcome?.receipt ?? '',
    trxDate: listTime(new Date(timeOf(payment))),
    msisdn: payment.msisdn,
    sender: 'MPESA',
    transactiontype: 'c2b-pay-bill-debit',
    billreference: payment.reference,
    amount: payment.amount.toFixed(1),
    organizationname: payment.business,
  }
}

/** `2026-11-20 10:30:00` in East Africa Time, as milliseconds since 1970. */
function timeIn(body: Body, field: string): number {
  const text = matching(body, field, /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/)
  const time = Date.parse(`${text.replace(' ', 'T')}+03:00`)
  if (Number.isNaN(time)) throw invalid(field)
  return time
}
