import { nextPageToken, pageOf, type Handler } from '#kit'
import { Delivery_State } from '#gen/tms/notification/v1/delivery_pb.ts'
import type { ListDeliveriesRequest, NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import type { Ctx } from '../context.ts'
import { deliveriesPage, type DeliveryFilter } from '../store/deliveries.ts'
import { channelOf, deliveryToProto, nameOf } from './to_proto.ts'

export const listDeliveries =
  (ctx: Ctx): Handler<typeof NotificationService.method.listDeliveries> =>
  async (req) => {
    const { limit, after } = pageOf<string>(req, { default: 50, max: 200 })
    const rows = await ctx.db.transaction((tx) => deliveriesPage(tx, filterOf(req), limit, after))
    return {
      deliveries: rows.map(deliveryToProto),
      nextPageToken: nextPageToken(rows, limit, (row) => row.deliveryId),
    }
  }

const filterOf = ({ state, channel, template, reference }: ListDeliveriesRequest): DeliveryFilter => ({
  state: nameOf(Delivery_State, state),
  channel: channelOf(channel),
  template: template === '' ? undefined : template,
  reference: reference === '' ? undefined : reference.toUpperCase(),
})
