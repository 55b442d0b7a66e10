import type { Context } from '#kit'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Settings } from './config.ts'

/** What the gateway asks for itself, and for the pages it draws; all other calls it only passes on. */
export const calls = {
  auth: AuthService,
  payment: PaymentService,
  notification: NotificationService,
  ticketing: TicketingService,
  tracking: TrackingService,
}

export type Ctx = Context<typeof calls, Settings>
