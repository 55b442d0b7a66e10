import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Handler } from '#kit'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { knownDevice } from '../../steps/pos/reach_device.ts'
import { deviceToProto } from '../../wire/pos/devices.ts'

/** Answers one device of the company. */
export const getPosDevice =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.getPosDevice> =>
  async ({ deviceId }) => {
    const device = await knownDevice(ctx, deviceId)
    return { device: deviceToProto(device), serverTime: timestampFromDate(ctx.clock.now()) }
  }
