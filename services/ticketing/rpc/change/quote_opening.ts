import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, moneyToProto, sessionOf } from '#kit'
import type { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { openingOf } from '../../steps/plan_opening.ts'

/** Tells what an open ticket would be worth. */
export const quoteOpening =
  (ctx: Ctx): Handler<typeof BookingChangeService.method.quoteOpening> =>
  async (req, call) => {
    const { value, fee, expireTime } = await openingOf(ctx, sessionOf(call), req)
    return { value: moneyToProto(value), fee: moneyToProto(fee), openExpireTime: timestampFromDate(expireTime) }
  }
