import { toBinary } from '@bufbuild/protobuf'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import { SalesTermsSetSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { PricingService, SetSalesTermsRequest } from '#gen/tms/company/v1/pricing_service_pb.ts'
import { type PriceRule, type Terms, TermsSchema } from '#gen/tms/company/v1/sales_terms_pb.ts'
import { type Handler, isConstraint, isNegative, type Money, sessionOf, type Tx } from '#kit'
import { companyOf } from '../../companies.ts'
import type { Ctx } from '../../context.ts'
import { termsFault } from '../../domain/sales_terms.ts'
import { refuse } from '../../errors.ts'
import { amountIn } from '../../prices.ts'
import { insertTerms, listTerms, type SalesTermsRow } from '../../store/sales_terms.ts'
import { salesTermsToProto } from '../../wire/sales_terms.ts'
import { requireDate, tenantOf } from '../common.ts'
import { requireStops } from '../required.ts'

/** Sets new terms, and tells the sellers. */
export const setSalesTerms =
  (ctx: Ctx): Handler<typeof PricingService.method.setSalesTerms> =>
  async (req, call) => {
    const { tenantId, currency } = await companyOf(ctx, tenantOf(call))
    const terms = req.terms!
    assertSound(terms, currency)
    const row = {
      tenantId,
      version: req.expectedVersion + 1n,
      terms: Buffer.from(toBinary(TermsSchema, terms)),
      setTime: ctx.clock.now(),
      setUserId: sessionOf(call).userId,
    }
    return ctx.db.once(call, req, async (tx) => {
      await requireStops(tx, tenantId, terms.priceRules.flatMap(stopsOf))
      await write(tx, req, row)
      const salesTerms = salesTermsToProto(row)
      await tx.publish(SalesTermsSetSchema, tenantId, { tenantId, salesTerms })
      tx.afterCommit(() => ctx.happened('sales_terms_set', { tenant_id: tenantId }))
      return { salesTerms }
    })
  }

/** @throws {ConnectError} TERMS_MOVED */
async function write(tx: Tx, { expectedVersion }: SetSalesTermsRequest, row: SalesTermsRow): Promise<void> {
  const [newest] = await listTerms(tx, row.tenantId, { limit: 1, before: undefined })
  const version = newest?.version ?? 0n
  if (version !== expectedVersion) throw moved(version)
  try {
    await insertTerms(tx, row)
  } catch (err) {
    throw isConstraint(err, 'sales_terms_version') ? moved(row.version) : err
  }
}

function moved(version: bigint) {
  return refuse('TERMS_MOVED', 'other terms were set meanwhile', { version: version.toString() })
}

function stopsOf({ fromStopId, toStopId }: PriceRule): string[] {
  return [fromStopId, toStopId].filter((stopId) => stopId !== '')
}

/** @throws {ConnectError} TERMS_INVALID, CURRENCY_MISMATCH, DATE_INVALID */
function assertSound(terms: Terms, currency: string): void {
  const found = termsFault({
    rules: terms.priceRules.map(({ ruleCode: code, firstDate, lastDate }) => ({ code, firstDate, lastDate })),
    levels: terms.protectionLevels.map(({ levelCode: code, discountBasisPoints: discount, protectedPercent }) => ({
      ...{ code, discount, protectedPercent },
    })),
    refundHours: terms.refundBands.map(({ hoursBefore }) => hoursBefore),
    changeHours: terms.changeBands.map(({ hoursBefore }) => hoursBefore),
  })
  if (found) throw refuse('TERMS_INVALID', found.fault, { code: found.code })
  for (const { firstDate, lastDate, effect, ruleCode } of terms.priceRules) {
    requireDate(firstDate)
    requireDate(lastDate)
    if (effect.case === 'amount') boundedIn(currency, effect.value, ruleCode)
    if (effect.case === 'fixedPrice') assertNotNegative(currency, effect.value, ruleCode)
  }
  if (terms.priceStep) assertNotNegative(currency, terms.priceStep, 'price_step')
  for (const { feePerPassenger, hoursBefore } of terms.changeBands) {
    if (feePerPassenger) assertNotNegative(currency, feePerPassenger, String(hoursBefore))
  }
}

function assertNotNegative(currency: string, amount: WireMoney, code: string): void {
  if (isNegative(boundedIn(currency, amount, code)))
    throw refuse('TERMS_INVALID', 'this amount is below nothing', { code })
}

/** No amount of any terms is larger, in the smallest unit; sums of prices stay far from where numbers end. */
const LARGEST = 10n ** 12n

/** @throws {ConnectError} TERMS_INVALID, CURRENCY_MISMATCH, FARE_INVALID */
function boundedIn(currency: string, amount: WireMoney, code: string): Money {
  const given = amountIn(currency, amount)
  if (given.minor <= LARGEST && given.minor >= -LARGEST) return given
  throw refuse('TERMS_INVALID', 'no price is as large as this amount', { code })
}
