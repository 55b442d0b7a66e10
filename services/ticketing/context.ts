import type { Context } from '#kit'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import type { Settings } from './config.ts'

/** The services that ticketing calls. */
export const calls = { payment: PaymentService, qr: QrService }

/** What every part of ticketing is given. */
export type Ctx = Context<typeof calls, Settings>
