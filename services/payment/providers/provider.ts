import type { Currency, Money } from '#kit'
import type { Claim } from '../domain/callback.ts'
import type { FailureReason } from '../domain/failure.ts'
import type { PaybillPayment } from '../domain/paybill.ts'
import type { PayoutRail } from './payout_rail.ts'

/** A payment to be asked for. */
export type Charge = {
  /** Our id of the attempt: providers that take one recognise a repeated request by it. */
  readonly attemptId: string
  readonly amount: Money
  /** E.164. */
  readonly phone: string
  /** Shown on the prompt, at most 12 letters and digits. */
  readonly reference: string
  readonly description: string
  /** When the attempt was made. */
  readonly createTime: Date
}

/** Money to be given back. */
export type Return = {
  readonly refundId: string
  /** Our id of the attempt that took the money, as in {@link Charge}. */
  readonly attemptId: string
  readonly amount: Money
  /** All that the attempt took: some providers give back the whole only. */
  readonly paidAmount: Money
  readonly phone: string
  /** The provider's receipt of the payment. */
  readonly paidReceipt: string
  readonly reason: string
  /** Refunds of the same payment before this one. */
  readonly earlierRefunds: number
  /** True when it was sent before and what became of that is not known. */
  readonly repeated: boolean
  /** The provider's id of this refund, when it has told. */
  readonly reference: string | undefined
}

/** Where a provider posts what it has to say later. */
export type CallbackUrls = { readonly result: string; readonly timeout: string }

/**
 * What a provider did with a request. Nothing is thrown for a provider's trouble: which of these it was decides
 * whether money may have moved, so that no caller can forget to ask.
 */
export type Submission =
  /** It has the request; the outcome comes later under this reference. */
  | {
      readonly outcome: 'ACCEPTED'
      readonly reference: string
      /** Where the payer approves, when that is a page and not a prompt. */
      readonly approveUrl?: string
    }
  /** It did it at once, under this reference. */
  | { readonly outcome: 'SETTLED'; readonly reference: string; readonly receipt: string | undefined }
  /** It refused for good; nothing moved. */
  | { readonly outcome: 'FAILED'; readonly reason: FailureReason; readonly code: string }
  /** It certainly has not taken it, and may take it later. */
  | { readonly outcome: 'RETRYABLE'; readonly code: string }
  /** It may have it or not. */
  | { readonly outcome: 'UNKNOWN'; readonly code: string }

/** What a provider says about a payment that it was asked for. */
export type Verdict =
  | { readonly outcome: 'PAID'; readonly receipt: string | undefined }
  | { readonly outcome: 'FAILED'; readonly reason: FailureReason; readonly code: string }
  | { readonly outcome: 'PENDING' }
  /** Nothing moves until it is captured, which it can be once the payer has approved. */
  | { readonly outcome: 'AWAITING_PAYER'; readonly approved: boolean }
  /** It did not say. */
  | { readonly outcome: 'UNKNOWN'; readonly code: string }

/** What a question about an earlier transaction is asked by. */
export type Inquiry = { readonly receipt: string } | { readonly reference: string }

/** One field that a method cannot take, and why. */
export type Unsuitable = { readonly field: string; readonly description: string }

/** An HTTP answer to a callback. */
export type CallbackAnswer = { readonly status: number; readonly contentType: string; readonly body: string }

/** What a provider may be unavailable for, each with its own circuit breaker. */
export type Operation = 'charge' | 'refund' | 'payout'

/** What a signature is checked against: the callback as it came, names of headers in lower case. */
export type SignedCallback = { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }

/** One address for the callbacks about all attempts, as it is typed into the provider's portal. */
export type OneAddress = {
  /** The secret at its end. */
  readonly token: string
  /** Whether a callback bears the provider's signature; absent where it signs nothing. UNKNOWN: it cannot be told now. */
  signed?(callback: SignedCallback): Promise<'SIGNED' | 'FORGED' | 'UNKNOWN'>
  /** Our id of the attempt that a callback speaks of; undefined when it names none. */
  attemptIdIn(claim: Claim): string | undefined
}

/** What a business is asked before a payment that begins on the payer's own phone, and what it may answer. */
export type PaybillVerdict = 'ACCEPTED' | 'UNKNOWN_REFERENCE' | 'WRONG_AMOUNT' | 'UNREADABLE'

/** Payments that payers begin by themselves, told at two addresses that are registered once. */
export type Paybill = {
  /** The secret part of both addresses. */
  readonly token: string
  /** What it is paid in, where a payment names no currency. */
  readonly currency: string
  /** Reads a payment. @throws {RangeError} when it is none to this paybill */
  parse(body: Uint8Array): PaybillPayment
  /** What a question before a payment is answered. */
  answer(verdict: PaybillVerdict): CallbackAnswer
  /** Tells the provider where to ask and to report; SETTLED when it has the addresses. */
  register(urls: { readonly validation: string; readonly confirmation: string }): Promise<Submission>
}

/** Which of these receipts prove other payments than the one that is looked for. */
export type OthersOf = (receipts: readonly string[]) => Promise<ReadonlySet<string>>

/** A mobile-money provider or the like: asked now, answers later. Cash needs none. */
export interface PaymentProvider {
  /** Its name in accounts and rows, e.g. `mpesa`. */
  readonly name: string
  /** Its name in callback paths, where a provider refuses addresses that bear its own; its `name` unless given. */
  readonly pathName?: string
  /** Which fields of a payment it cannot take; empty when it takes it. */
  unsuitable(amount: Money, phone: string): readonly Unsuitable[]
  /** The currency in which it takes an amount that is due in another; absent where it takes what is due or nothing. */
  takenIn?(currency: Currency): Currency
  /** Milliseconds until it is tried again, when its circuit breaker is open for an operation. */
  unavailableMs(operation: Operation): number | undefined
  /** Under which reference a charge will be accepted, where that is ours to choose. */
  referenceOf?(charge: Charge): string
  /** Asks the payer to pay. */
  charge(charge: Charge, urls: CallbackUrls): Promise<Submission>
  /** What became of a charge that it accepted. */
  query(reference: string, charge: Charge): Promise<Verdict>
  /** What became of a charge of which it is not known whether it was accepted: looked for in the provider's own list. */
  search(charge: Charge, othersOf: OthersOf): Promise<Verdict>
  /**
   * Takes the money of a charge that the payer has approved. Repeating it never takes it twice. Absent where the payer's
   * approval moves the money.
   */
  capture?(reference: string, charge: Charge): Promise<Verdict>
  /**
   * Asks about an earlier transaction; the answer comes to `urls` under the reference that this gives. Absent where the
   * provider's answer to a query is its last word.
   */
  inquire?(inquiry: Inquiry, urls: CallbackUrls): Promise<Submission>
  /** Gives money back. Repeating it with the same `refundId` never gives it back twice. */
  refund(giveBack: Return, urls: CallbackUrls): Promise<Submission>
  /**
   * What became of a refund, where the provider tells at once: then its callbacks are only a reason to ask. NOT_RECEIVED
   * says that it has no such refund, which may be sent again. Absent where the answer comes by {@link inquire}.
   */
  queryRefund?(giveBack: Return): Promise<Verdict>
  /** Whether a failed result means that an earlier send of the same refund had done it. */
  meansDoneBefore(code: string, giveBack: Pick<Return, 'repeated'>): boolean
  /** Why a result failed, by its code; PROVIDER_BUSY may be tried again. */
  reasonOf(code: string): FailureReason
  /** Reads a callback. @throws {RangeError} when it is not one of this provider's */
  parseCallback(body: Uint8Array): Claim
  /** Set where all callbacks come to one address instead of one for each attempt. */
  readonly oneAddress?: OneAddress
  /** Set where payers may pay without being asked. */
  readonly paybill?: Paybill
  /** Whether callbacks may come from an address. */
  comesFrom(sourceAddress: string): boolean
  /** How it sends money out; absent where it only collects. */
  readonly payouts?: PayoutRail
  /** What every callback is answered, believed or not. */
  readonly callbackAnswer: CallbackAnswer
}
