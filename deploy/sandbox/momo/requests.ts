import { type Deliveries, withAnotherToken } from '../world/deliveries.ts'
import type { Payment } from '../world/payments.ts'
import type { World } from '../world/world.ts'
import type { Access } from './access.ts'
import type { Reason } from './reasons.ts'

export type RequestKind = 'requesttopay' | 'transfer' | 'refund'
export type Party = { readonly partyIdType: string; readonly partyId: string }

/** One thing that was asked for under a reference id, and how it stands. */
export type MomoRequest = {
  readonly reference: string
  readonly kind: RequestKind
  /** As it was written. */
  readonly amount: string
  readonly currency: string
  readonly externalId: string
  readonly party: Party
  readonly payerMessage: string
  readonly payeeNote: string
  /** Absent when none was asked for: then nobody is told. */
  readonly callbackUrl?: string
  readonly payment: Payment
  status: 'PENDING' | 'SUCCESSFUL' | 'FAILED'
  reason?: Reason
  financialTransactionId?: string
  polls: number
}

/** What MoMo's products share. */
export type Momo = {
  readonly world: World
  readonly access: Access
  readonly deliveries: Deliveries
  readonly requests: Map<string, MomoRequest>
  /** What was given back of each request to pay, by its reference id. */
  readonly refunded: Map<string, number>
}

/** Ends a request and tells the merchant, once. */
export async function finish(momo: Momo, request: MomoRequest, reason: Reason | undefined): Promise<void> {
  const { world, deliveries } = momo
  if (request.status !== 'PENDING') return
  const receipt = reason === undefined ? newTransactionId(world) : undefined
  request.status = reason === undefined ? 'SUCCESSFUL' : 'FAILED'
  if (reason !== undefined) request.reason = reason
  if (receipt !== undefined) request.financialTransactionId = receipt
  const end = { code: reason ?? 'SUCCESSFUL', text: (reason ?? 'successful').replaceAll('_', ' ').toLowerCase() }
  world.payments.settle(request.payment, end, world.clock.now(), receipt)
  world.changes.tell({ msisdn: request.payment.msisdn })
  if (request.callbackUrl === undefined) return
  const { msisdn } = request.payment
  const { forge: wanted, mtnCallbackMethod: method } = world.scenarios.of(msisdn)
  await deliveries.deliver({
    msisdn,
    url: request.callbackUrl,
    method,
    body: JSON.stringify(viewOf(world, request)),
    payment: request.payment,
    forged: forgeriesOf(wanted).flatMap((kind) => forge(world, request, kind) ?? []),
  })
}

/** Ten digits that no transaction has yet. */
function newTransactionId(world: World): string {
  for (;;) {
    const id = String(1 + world.random.below(9)) + world.random.text('0123456789', 9)
    if (!world.payments.findByReceipt(id)) return id
  }
}

/** A request as a status query and a callback show it: amounts are texts, and the reference id is not told. */
export function viewOf(world: World, request: MomoRequest): Record<string, unknown> {
  const { financialTransactionId, externalId, amount, currency, party, payerMessage, payeeNote, status, reason } =
    request
  const object = world.scenarios.of(request.payment.msisdn).mtnReasonShape === 'object'
  return {
    ...(financialTransactionId !== undefined && { financialTransactionId }),
    externalId,
    amount,
    currency,
    [request.kind === 'requesttopay' ? 'payer' : 'payee']: party,
    payerMessage,
    payeeNote,
    status,
    ...(reason !== undefined && { reason: object ? { code: reason, message: reason } : reason }),
  }
}

/** What somebody who is not MTN may post to the callback address. */
const forgeries = ['amount', 'currency', 'checkout-id', 'success', 'path-token'] as const

function forgeriesOf(wanted: string): readonly string[] {
  return wanted === 'all' ? forgeries : forgeries.filter((kind) => kind === wanted)
}

/** A callback that claims success and is not true. */
export function forge(world: World, request: MomoRequest, kind: string) {
  const { callbackUrl: url } = request
  if (url === undefined) return undefined
  const claim = {
    ...viewOf(world, { ...request, status: 'SUCCESSFUL', financialTransactionId: newTransactionId(world) }),
    reason: undefined,
  }
  const post = (change: Record<string, unknown>) => ({ url, body: JSON.stringify({ ...claim, ...change }) })
  switch (kind) {
    case 'amount':
      return post({ amount: request.amount === '1' ? '2' : '1' })
    case 'currency':
      return post({ currency: request.currency === 'EUR' ? 'RWF' : 'EUR' })
    case 'checkout-id':
      return post({ externalId: '00000000-0000-4000-8000-000000000000' })
    case 'success':
      return post({})
    case 'path-token':
      return { ...post({}), url: withAnotherToken(world, url) }
    default:
      return undefined
  }
}
