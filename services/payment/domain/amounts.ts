import { money, type Money } from '#kit'

/** What an attempt or a refund is about, in the books' currency and, where it was converted, in the provider's. */
export type Amounts = {
  readonly currency: string
  readonly amountMinor: bigint
  readonly providerCurrency: string | null
  readonly providerAmountMinor: bigint | null
}

/** What the provider takes or gives back: the amount itself, unless it was converted. */
export function providerAmountOf({ currency, amountMinor, providerCurrency, providerAmountMinor }: Amounts): Money {
  return money(providerCurrency ?? currency, providerAmountMinor ?? amountMinor)
}
