import { type Post, withAnotherToken } from '../world/deliveries.ts'
import type { PushPayment } from '../world/payments.ts'
import type { World } from '../world/world.ts'
import { checkoutRequestId, receiptNumber } from './ids.ts'
import { resultDescription } from './result_codes.ts'
import { type CallbackFacts, callbackBody } from './stk_callback.ts'

/** What somebody who is not M-PESA may post to the callback address. */
export const forgeries = ['amount', 'checkout-id', 'success', 'path-token'] as const
export type Forgery = (typeof forgeries)[number]

/** The kinds that a scenario wants; none of those that only other providers' callbacks allow. */
export function forgeriesOf(wanted: string): readonly Forgery[] {
  return wanted === 'all' ? forgeries : forgeries.filter((kind) => kind === wanted)
}

/** A callback that claims success and is not true. */
export function forge(world: World, payment: PushPayment, kind: Forgery): Post {
  const time = world.clock.now()
  const claim: CallbackFacts = {
    checkoutRequestId: payment.id,
    merchantRequestId: payment.push.merchantRequestId,
    code: '0',
    text: resultDescription('0'),
    receipt: receiptNumber(time, world.random),
    amount: payment.amount,
    time,
    msisdn: payment.msisdn,
  }
  const url = payment.push.callbackUrl
  switch (kind) {
    case 'amount':
      return { url, body: callbackBody({ ...claim, amount: payment.amount === 1 ? 2 : 1 }) }
    case 'checkout-id':
      return { url, body: callbackBody({ ...claim, checkoutRequestId: strangersCheckoutId(world, payment.msisdn) }) }
    case 'success':
      return { url, body: callbackBody(claim) }
    case 'path-token':
      return { url: withAnotherToken(world, url), body: callbackBody(claim) }
  }
}

/** An id in the right form, of yesterday, that nobody was ever given. */
function strangersCheckoutId(world: World, msisdn: string): string {
  const yesterday = new Date(world.clock.now().getTime() - 24 * 3600 * 1000)
  return checkoutRequestId(yesterday, msisdn)
}
