import { defineService } from '#kit'
import { DeliveryFailedSchema } from '#gen/tms/notification/v1/events_pb.ts'
import { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import { settings } from './config.ts'
import type { Ctx } from './context.ts'
import { sendCancellation } from './events/booking_cancelled.ts'
import { sendBusChange } from './events/bus_changed.ts'
import { sendOpening, sendTransfer } from './events/booking_changed.ts'
import { sendCode } from './events/code_requested.ts'
import { sendInvitation } from './events/member_invited.ts'
import { sendParcelNews } from './events/parcel_moved.ts'
import { sendLatePayment } from './events/seats_lost.ts'
import { sendRideTime } from './events/ride_time_changed.ts'
import { sendTickets } from './events/ticket_issued.ts'
import { sendTripChoice } from './events/trip_choice_offered.ts'
import { forgetOldTexts } from './jobs/forget_texts.ts'
import { sendDue } from './jobs/send_due.ts'
import { settleUnknown } from './jobs/settle_unknown.ts'
import { rpcs } from './rpc/index.ts'
import { senderOf } from './sending/sender.ts'

/** Tells people what happened, in their own language, once. */
export default defineService<Ctx>({
  name: 'notification',
  serves: [NotificationService],
  publishes: [DeliveryFailedSchema],
  consumes: [
    sendCode,
    sendInvitation,
    sendTickets,
    sendCancellation,
    sendLatePayment,
    sendParcelNews,
    sendBusChange,
    sendOpening,
    sendTransfer,
    sendRideTime,
    sendTripChoice,
  ],
  jobs: [sendDue, settleUnknown, forgetOldTexts],
  migrations: new URL('./migrations/', import.meta.url),
  settings,
  routes: (ctx) => (router) => router.service(NotificationService, rpcs(ctx)),
  start: async (ctx) => () => senderOf(ctx).stop(),
})
