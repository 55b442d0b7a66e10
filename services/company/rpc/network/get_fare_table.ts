import type { MessageInitShape } from '@bufbuild/protobuf'
import type { FareTableEntrySchema } from '#gen/tms/company/v1/fare_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { type Handler, moneyToProto } from '#kit'
import type { Ctx } from '../../context.ts'
import { type FareBook, fareBook, partsOf } from '../../domain/fares.ts'
import { activeFares } from '../../store/fares.ts'
import type { Pattern } from '../../store/routes.ts'
import { requireDate, tenantOf } from '../common.ts'
import { requirePattern } from '../required.ts'

/** Reads the price, distance and time of every part of a pattern on one day. */
export const getFareTable =
  (ctx: Ctx): Handler<typeof NetworkService.method.getFareTable> =>
  async ({ patternId, serviceDate }, call) => {
    requireDate(serviceDate)
    const tenantId = tenantOf(call)
    return ctx.db.transaction(async (tx) => {
      const pattern = await requirePattern(tx, tenantId, patternId)
      const stopIds = pattern.stops.map(({ stopId }) => stopId)
      const book = fareBook(await activeFares(tx, tenantId, stopIds), serviceDate)
      return { entries: entriesOf(pattern, book) }
    })
  }

function entriesOf({ stops }: Pattern, book: FareBook): MessageInitShape<typeof FareTableEntrySchema>[] {
  return partsOf(stops.length).flatMap(([fromSequence, toSequence]) => {
    const [from, to] = [stops[fromSequence]!, stops[toSequence]!]
    return (['STANDARD', 'VIP'] as const).map((seatClass) => {
      const price = book.priceOf(from.stopId, to.stopId, seatClass)
      return {
        fromSequence,
        toSequence,
        seatClass: SeatClass[seatClass],
        price: price && moneyToProto(price),
        distanceMeters: to.distanceMeters - from.distanceMeters,
        durationSeconds: to.durationSeconds - from.durationSeconds,
      }
    })
  })
}
