import type { Context } from '#kit'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { FleetService } from '#gen/tms/company/v1/fleet_service_pb.ts'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { TillService } from '#gen/tms/payment/v1/till_service_pb.ts'
import { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import type { Settings } from './config.ts'

/** The services that ticketing calls; auth for the names of drivers alone. */
export const calls = {
  auth: AuthService,
  fleet: FleetService,
  timetable: TimetableService,
  payment: PaymentService,
  ledger: LedgerService,
  till: TillService,
  qr: QrService,
}

/** What every part of ticketing is given. */
export type Ctx = Context<typeof calls, Settings>
