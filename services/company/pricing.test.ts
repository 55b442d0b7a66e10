import { expect } from 'vitest'
import { placements } from '#kit/testing'
import { reasonOf } from '#kit'
import { SalesTermsSetSchema } from '#gen/tms/company/v1/events_pb.ts'
import { PriceRule_Kind as Kind } from '#gen/tms/company/v1/sales_terms_pb.ts'
import company from './service.ts'
import { aCompany, aLine, id } from './testing.ts'

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'accepted',
    (err: unknown) => reasonOf(err) ?? String(err),
  )

const rule = (ruleCode: string, over: object = {}) => ({
  ...{ ruleCode, name: ruleCode, kind: Kind.FARE },
  effect: { case: 'percentBasisPoints' as const, value: 1_000 },
  ...over,
})

placements(
  'terms are set in versions, each told to the sellers once; of two managers who read the same the second reads again',
  [company],
  async (suite) => {
    const one = await aCompany(suite)
    const { stopIds } = await aLine(one)
    expect((await one.pricing.getSalesTerms({})).salesTerms).toBeUndefined()
    const set = (expectedVersion: bigint, terms: object) =>
      one.pricing.setSalesTerms({ idempotencyKey: id(), expectedVersion, terms })
    const first = { priceRules: [rule('weekend', { fromStopId: stopIds[0], weekdays: [5, 7] })] }
    expect((await set(0n, first)).salesTerms).toMatchObject({ version: 1n, terms: first })
    const race = await Promise.all([1, 2, 3].map((n) => refusal(set(1n, { openTicketDays: n }))))
    expect(race.sort()).toEqual(['TERMS_MOVED', 'TERMS_MOVED', 'accepted'])
    expect((await one.pricing.getSalesTerms({})).salesTerms?.version).toBe(2n)
    const { salesTerms } = await one.pricing.listSalesTerms({ beforeVersion: 2n })
    expect(salesTerms).toMatchObject([{ version: 1n, terms: first }])
    expect((await suite.published(SalesTermsSetSchema)).map((told) => told.salesTerms?.version)).toEqual([1n, 2n])

    const wrong = async (terms: object) => refusal(set(2n, terms))
    expect(await wrong({ priceRules: [rule('a'), rule('a')] })).toBe('TERMS_INVALID')
    expect(await wrong({ priceRules: [rule('a', { firstDate: '2026-02-30' })] })).toBe('DATE_INVALID')
    expect(await wrong({ priceRules: [rule('a', { toStopId: id() })] })).toBe('STOP_UNKNOWN')
    expect(await wrong({ priceStep: { currencyCode: 'KES', units: 5n } })).toBe('CURRENCY_MISMATCH')
    expect(await wrong({ priceStep: { currencyCode: 'RWF', units: 0n, nanos: 500_000_000 } })).toBe('FARE_INVALID')
    expect(await wrong({ priceStep: { currencyCode: 'RWF', units: -5n } })).toBe('TERMS_INVALID')
    expect(await wrong({ priceStep: { currencyCode: 'RWF', units: 2n ** 62n } })).toBe('TERMS_INVALID')

    const other = await aCompany(suite, { slug: 'rival' })
    expect((await other.pricing.getSalesTerms({})).salesTerms).toBeUndefined()
    const theirs = { idempotencyKey: id(), expectedVersion: 0n, terms: first }
    expect(await refusal(other.pricing.setSalesTerms(theirs))).toBe('STOP_UNKNOWN')
  },
)
