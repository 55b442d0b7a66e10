import { moneyFromProto, sum } from '#kit'
import type { Suite } from '#kit/testing'
import { SalesTermsSetSchema } from '#gen/tms/company/v1/events_pb.ts'
import { PriceRule_Kind as Kind } from '#gen/tms/company/v1/sales_terms_pb.ts'
import type { Booking } from '#gen/tms/ticketing/v1/booking_pb.ts'

/** So many francs. */
export const rwf = (units: number) => ({ currencyCode: 'RWF', units: BigInt(units) })

/** An effect of hundredths of a percent. */
export const percent = (value: number) => ({ case: 'percentBasisPoints' as const, value })

/** A price rule. */
export const rule = (ruleCode: string, effect: object, over: object = {}) => ({
  ...{ ruleCode, name: ruleCode, kind: Kind.FARE, effect },
  ...over,
})

/** Tells the sellers of a company's terms, as the company does. */
export async function setTerms(suite: Suite, tenantId: string, version: bigint, terms: object): Promise<void> {
  await suite.publish(SalesTermsSetSchema, tenantId, { tenantId, salesTerms: { tenantId, version, terms } })
  await suite.settle()
}

/** Whether the lines of every passenger add up to the price, and the prices to the total. */
export function addsUp({ passengers, total }: Booking): boolean {
  const whole = sum(
    'RWF',
    passengers.map(({ price }) => moneyFromProto(price!)),
  )
  const each = passengers.every(({ price, priceLines }) => {
    const lines = sum(
      'RWF',
      priceLines.map(({ amount }) => moneyFromProto(amount!)),
    )
    return lines.minor === moneyFromProto(price!).minor
  })
  return each && whole.minor === moneyFromProto(total!).minor
}
