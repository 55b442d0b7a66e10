import type { NewFare } from '#gen/tms/company/v1/fare_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { type Handler, isConstraint, type Tx } from '#kit'
import { announceTouched } from '../../announce.ts'
import { companyOf } from '../../companies.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { priceIn } from '../../prices.ts'
import { type FareRow, insertFares } from '../../store/fares.ts'
import { patternsOfRides } from '../../store/routes.ts'
import { givenOrNull, nameOf } from '../../wire/names.ts'
import { fareToProto } from '../../wire/network.ts'
import { insertAs, requireDate, tenantOf } from '../common.ts'
import { requireStops } from '../required.ts'

/** Enters fares, and tells the sellers of the trips that they apply to. */
export const setFares =
  (ctx: Ctx): Handler<typeof NetworkService.method.setFares> =>
  async (req, call) => {
    const tenantId = tenantOf(call)
    const company = await companyOf(ctx, tenantId)
    const rows = req.fares.map((fare) => rowOf(tenantId, company.currency, fare, ctx.clock.now()))
    return ctx.db.once(call, req, async (tx) => {
      await requireStops(
        tx,
        tenantId,
        rows.flatMap(({ fromStopId, toStopId }) => [fromStopId, toStopId]),
      )
      await insertAs(req.idempotencyKey, () => insertOneADay(() => insertFares(tx, rows)))
      const republishedTripCount = await announceFares(ctx, tx, tenantId, rows)
      return { fares: rows.map(fareToProto), republishedTripCount }
    })
  }

function rowOf(tenantId: string, currency: string, fare: NewFare, now: Date): FareRow {
  const { fareId, fromStopId, toStopId, validFromDate, validToDate, source } = fare
  requireDate(validFromDate)
  requireDate(validToDate)
  if (fromStopId === toStopId) throw refuse('FARE_INVALID', 'a ride ends at another stop', { fare_id: fareId })
  if (validToDate !== '' && validToDate < validFromDate) {
    throw refuse('FARE_INVALID', 'the validity ends before it begins', { fare_id: fareId })
  }
  return {
    tenantId,
    fareId,
    fromStopId,
    toStopId,
    seatClass: nameOf(SeatClass, fare.seatClass),
    currency,
    priceMinor: priceIn(currency, fare.price!).minor, // required by the contract
    validFromDate,
    validToDate: givenOrNull(validToDate),
    state: 'ACTIVE',
    source,
    createTime: now,
    withdrawTime: null,
  }
}

async function insertOneADay(insert: () => Promise<void>): Promise<void> {
  try {
    await insert()
  } catch (err) {
    if (!isConstraint(err, 'fare_one_a_day')) throw err
    throw refuse('FARE_DUPLICATE', 'a fare for the same ride and class counts from the same day')
  }
}

/** Publishes anew the trips on which some fares began or ceased to count in this transaction. Returns how many. */
export async function announceFares(ctx: Ctx, tx: Tx, tenantId: string, fares: readonly FareRow[]): Promise<number> {
  const patternIds = await patternsOfRides(tx, tenantId, fares)
  const fromDate = fares.map(({ validFromDate }) => validFromDate).sort()[0]
  return announceTouched(ctx, tx, tenantId, { patternIds, fromDate })
}
