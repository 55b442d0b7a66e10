import { type Booking, BookingState, type PassengerTms } from '@tms/sdk/passenger'
import {
  AttemptState,
  type PaymentIntent,
  PaymentMethod,
  PaymentState,
  PaymentService,
  watchPayment,
} from '@tms/sdk/payment'
import { useEffect, useState } from 'react'
import { forget, rideKeyOf } from './draft.ts'

/** Follows a payment over lost networks and reloads, until its last state. */
export function usePayment(tms: PassengerTms | undefined, paymentIntentId: string) {
  const [intent, setIntent] = useState<PaymentIntent>()
  const [error, setError] = useState<unknown>()
  const [round, setRound] = useState(0)
  useEffect(() => {
    if (!tms || paymentIntentId === '') return
    const stop = new AbortController()
    const follow = async () => {
      for await (const now of watchPayment(tms, paymentIntentId, stop.signal)) setIntent(now)
    }
    follow().catch((err: unknown) => {
      if (!stop.signal.aborted) setError(err)
    })
    return () => stop.abort()
  }, [tms, paymentIntentId, round])
  return { intent, error, again: () => setRound(round + 1) }
}

/** Cash needs a member of staff. */
const ELSEWHERE: readonly string[] = ['UNSPECIFIED', 'CASH']

/** How a passenger can pay: every such way that the contract has. */
export const METHODS = (Object.keys(PaymentMethod) as (keyof typeof PaymentMethod)[]).filter(
  (name) => !ELSEWHERE.includes(name),
)

export type MethodName = (typeof METHODS)[number]

/** Whether a method asks on a phone; else on a page of the provider's own. */
export const asksByPhone = (method: string | undefined): boolean => method !== 'PAYPAL'

/** What the payer gives for an attempt: the phone that is asked, or the rate that was shown. */
export type Terms = { readonly phone: string } | { readonly exchangeRateId: string }

/** The name of a method's value. */
export function methodName(method: PaymentMethod | undefined): string {
  return METHODS.find((name) => PaymentMethod[name] === method) ?? ''
}

/**
 * Presses "pay". Its key belongs to the intent and the number of attempts before: a second click, a reload and a lost answer
 * all lead to the same attempt, and only a failed one lets a next one begin.
 */
export async function pay(
  tms: PassengerTms,
  intent: Pick<PaymentIntent, 'paymentIntentId' | 'attemptCount'>,
  method: MethodName,
  terms: Terms,
): Promise<PaymentIntent | undefined> {
  const { paymentIntentId, attemptCount } = intent
  return tms.withKey(`pay ${paymentIntentId} ${attemptCount}`, async (idempotencyKey) => {
    const request = { paymentIntentId, method: PaymentMethod[method], ...terms, idempotencyKey }
    return (await tms.client(PaymentService).confirmPaymentIntent(request)).paymentIntent
  })
}

/**
 * The page of the provider on which the payer approves, while it waits for that; undefined when there is none. What is no
 * address of the web is none.
 */
export function approvalPage(intent: PaymentIntent): string | undefined {
  const { approveUrl = '', state } = intent.latestAttempt ?? {}
  return state === AttemptState.PENDING && /^https?:\/\//.test(approveUrl) ? approveUrl : undefined
}

/** Gives an attempt up that waits on a provider's page, so that another way to pay can be chosen at once. */
export async function giveUp(tms: PassengerTms, intent: PaymentIntent): Promise<void> {
  await tms.client(PaymentService).finishApproval({ attemptId: intent.latestAttempt?.attemptId ?? '', declined: true })
}

/** Whether somebody may be typing a PIN at this moment. */
export function isUnderWay(intent: PaymentIntent | undefined): boolean {
  return intent?.state === PaymentState.PROCESSING
}

/** A booking that is decided is no draft any more: the same wish begins a new one. */
export function closeDraft(booking: Booking): void {
  if (booking.state === BookingState.HELD) return
  const { tripId, origin, destination, bookingId } = booking
  const ride = { tripId, fromSequence: origin?.sequence ?? 0, toSequence: destination?.sequence ?? 0 }
  forget(rideKeyOf(ride), bookingId)
}
