import type { Money } from '#kit'
import type { CallbackUrls, Submission, Unsuitable, Verdict } from './provider.ts'

/** Money to be sent to somebody: a company, an agent, a driver. */
export type PayoutOrder = {
  readonly payoutId: string
  readonly amount: Money
  /** E.164 phone, or a PayPal e-mail address. */
  readonly account: string
  readonly remark: string
  /** True when it was sent before and what became of that is not known. */
  readonly repeated: boolean
  /** When it was last sent, or later. */
  readonly createTime: Date
}

/** Whether an account can receive money and, where the provider tells, whom it belongs to. */
export type AccountHolder =
  | { readonly outcome: 'ACTIVE'; readonly name?: string }
  | { readonly outcome: 'INACTIVE' }
  /** It did not say. */
  | { readonly outcome: 'UNKNOWN'; readonly code: string }

/** A provider that does not tell at once answers later at the callback, under this reference. */
export type Asked = { readonly outcome: 'ASKED'; readonly reference: string }

/** The way by which a provider sends money out. */
export interface PayoutRail {
  /** Which fields of a payout it cannot take; empty when it takes it. */
  unsuitable(amount: Money, account: string): readonly Unsuitable[]
  /** Asks whom an account belongs to; absent where the provider tells nobody. */
  lookUp?(account: string): Promise<AccountHolder>
  /** Sends money. Repeating it with the same `payoutId` never pays twice, or it says UNKNOWN. */
  send(order: PayoutOrder, urls: CallbackUrls): Promise<Submission>
  /**
   * What became of it: by the provider's reference where known, else by our own id. FAILED with NOT_RECEIVED says that it
   * has no such payout, which is then sent again.
   */
  query(order: PayoutOrder, reference: string | undefined, urls: CallbackUrls): Promise<Verdict | Asked>
  /** The most of what is due that it can send at once: whole shillings, its own limit. All of it when left out. */
  largestWithin?(due: Money): Money
}
