import { ALPHANUMERIC } from '../world/random.ts'
import type { PushPayment } from '../world/payments.ts'
import type { World } from '../world/world.ts'
import type { Post } from './deliveries.ts'
import { checkoutRequestId, receiptNumber } from './ids.ts'
import { type CallbackFacts, callbackBody } from './stk_callback.ts'

/** What somebody who is not M-PESA may post to the callback address. */
export const forgeries = ['amount', 'checkout-id', 'success', 'path-token'] as const
export type Forgery = (typeof forgeries)[number]

/** A callback that claims success and is not true. */
export function forge(world: World, payment: PushPayment, kind: Forgery): Post {
  const time = world.clock.now()
  const claim: CallbackFacts = {
    checkoutRequestId: payment.id,
    merchantRequestId: payment.push.merchantRequestId,
    code: '0',
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

/** The secret of a callback URL is its last path segment; guess another of the same length. */
function withAnotherToken(world: World, url: string): string {
  const target = new URL(url)
  const segments = target.pathname.split('/')
  const token = segments.pop() ?? ''
  target.pathname = [...segments, world.random.text(ALPHANUMERIC, token.length || 16)].join('/')
  return target.href
}
