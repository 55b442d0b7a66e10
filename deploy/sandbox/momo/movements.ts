import type { Answer, Incoming } from '../net/router.ts'
import { json } from '../net/answers.ts'
import { countryOf } from '../world/countries.ts'
import { ring } from '../world/prompts.ts'
import type { World } from '../world/world.ts'
import { creditRefusal } from '../world/wallet.ts'
import { notFound } from './faults.ts'
import { bodyOf, orderIn, presentIn } from './orders.ts'
import { type Reason, reasonOfEnding } from './reasons.ts'
import { finish, type Momo, type MomoRequest, type RequestKind, viewOf } from './requests.ts'

/** Accepted, with nothing to read. */
const accepted: Answer = { status: 202 }

/** Whether a number has a MoMo wallet: MTN's blocks in Rwanda, and every number elsewhere. */
export function isHolder(msisdn: string): boolean {
  return countryOf(msisdn).code !== '250' || /^2507[89]/.test(msisdn)
}

/** `POST /collection/v1_0/requesttopay`: asks a phone's owner to pay. */
export async function requestToPay(momo: Momo, request: Incoming): Promise<Answer> {
  const order = begin(momo, request, 'requesttopay')
  const { world } = momo
  const { msisdn } = order.payment
  if (!isHolder(msisdn)) {
    world.timers.after(0, () => void finish(momo, order, 'PAYER_NOT_FOUND'))
    return accepted
  }
  await ring(world, order.payment, (ending) => {
    const { mtnReason } = world.scenarios.of(msisdn)
    if (ending === 'arranged') return finish(momo, order, mtnReason)
    return finish(momo, order, ending === 'paid' ? undefined : reasonOfEnding[ending])
  })
  return accepted
}

/** `POST /disbursement/v1_0/transfer`: sends money to a wallet. */
export function transfer(momo: Momo, request: Incoming): Answer {
  const order = begin(momo, request, 'transfer')
  momo.world.timers.after(0, () => void finish(momo, order, moveOut(momo.world, order)))
  return accepted
}

/** `POST /disbursement/v1_0/refund`: gives a request to pay back, wholly or in parts. */
export function refund(momo: Momo, request: Incoming): Answer {
  const originalId = presentIn(bodyOf(request), 'referenceIdToRefund')
  const order = begin(momo, request, 'refund', () => {
    if (momo.requests.get(originalId)?.kind !== 'requesttopay') throw notFound()
  })
  const original = momo.requests.get(originalId)
  momo.world.timers.after(0, () => {
    const refused = original?.status === 'SUCCESSFUL' ? undefined : 'PAYER_NOT_FOUND'
    const tooMuch = order.payment.amount + (momo.refunded.get(originalId) ?? 0) > (original?.payment.amount ?? 0)
    const reason = refused ?? (tooMuch ? 'NOT_ALLOWED' : moveOut(momo.world, order))
    if (reason === undefined) {
      momo.refunded.set(originalId, (momo.refunded.get(originalId) ?? 0) + order.payment.amount)
    }
    void finish(momo, order, reason)
  })
  return accepted
}

/** `GET /{product}/v1_0/{kind}/{referenceId}` */
export function statusOf(momo: Momo, kind: RequestKind, request: Incoming): Answer {
  momo.access.check(kind === 'requesttopay' ? 'collection' : 'disbursement', request.headers)
  const order = momo.requests.get((request.params.reference ?? '').toLowerCase())
  if (order?.kind !== kind) throw notFound()
  order.polls += 1
  const { queryPendingPolls } = momo.world.scenarios.of(order.payment.msisdn)
  const shown: MomoRequest = order.polls <= queryPendingPolls ? pendingOf(order) : order
  return json(200, viewOf(momo.world, shown))
}

function pendingOf({ reason: _, financialTransactionId: __, ...order }: MomoRequest): MomoRequest {
  return { ...order, status: 'PENDING' }
}

function begin(momo: Momo, request: Incoming, kind: RequestKind, check: () => void = () => undefined): MomoRequest {
  const order = orderIn(momo, request, kind, kind === 'requesttopay' ? 'collection' : 'disbursement')
  check()
  momo.requests.set(order.reference, order)
  momo.world.payments.add(order.payment)
  momo.world.phones.keepPayment(order.payment)
  return order
}

/** Takes the money from the business's disbursement account to the phone; the reason when it cannot. */
function moveOut(world: World, { payment }: MomoRequest): Reason | undefined {
  const { msisdn, amount, shortCode } = payment
  const { mtnTransferReason } = world.scenarios.of(msisdn)
  if (mtnTransferReason !== 'none') return mtnTransferReason
  if (!isHolder(msisdn)) return 'PAYEE_NOT_FOUND'
  const account = world.accounts.of(shortCode)
  if (account.utility < amount) return 'NOT_ENOUGH_FUNDS'
  const phone = world.phones.of(msisdn)
  const full = creditRefusal(world, phone, amount)
  if (full) return reasonOfEnding[full]
  account.utility -= amount
  phone.balance += amount
  return undefined
}
