import { AuthService } from '../../../gen/tms/auth/v1/auth_service_pb.ts'
import { FleetService } from '../../../gen/tms/company/v1/fleet_service_pb.ts'
import { NetworkService } from '../../../gen/tms/company/v1/network_service_pb.ts'
import { PricingService } from '../../../gen/tms/company/v1/pricing_service_pb.ts'
import { PlanningService } from '../../../gen/tms/company/v1/planning_service_pb.ts'
import { TimetableService } from '../../../gen/tms/company/v1/timetable_service_pb.ts'
import { NotificationService } from '../../../gen/tms/notification/v1/notification_service_pb.ts'
import { ExchangeRateService } from '../../../gen/tms/payment/v1/exchange_rate_service_pb.ts'
import { PaybillService } from '../../../gen/tms/payment/v1/paybill_service_pb.ts'
import { LedgerService } from '../../../gen/tms/payment/v1/ledger_service_pb.ts'
import { PayoutService } from '../../../gen/tms/payment/v1/payout_service_pb.ts'
import { RefundService } from '../../../gen/tms/payment/v1/refund_service_pb.ts'
import { PaymentService } from '../../../gen/tms/payment/v1/payment_service_pb.ts'
import { ReconciliationService } from '../../../gen/tms/payment/v1/reconciliation_service_pb.ts'
import { QrService } from '../../../gen/tms/qr/v1/qr_service_pb.ts'
import { TenantService } from '../../../gen/tms/tenant/v1/tenant_service_pb.ts'
import { BookingChangeService } from '../../../gen/tms/ticketing/v1/booking_change_service_pb.ts'
import { BoardingService } from '../../../gen/tms/ticketing/v1/boarding_service_pb.ts'
import { LuggageService } from '../../../gen/tms/ticketing/v1/luggage_service_pb.ts'
import { DispatchService } from '../../../gen/tms/ticketing/v1/dispatch_service_pb.ts'
import { PointOfSaleService } from '../../../gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { PromotionService } from '../../../gen/tms/ticketing/v1/promotion_service_pb.ts'
import { ShiftService } from '../../../gen/tms/ticketing/v1/shift_service_pb.ts'
import { DisruptionService } from '../../../gen/tms/ticketing/v1/disruption_service_pb.ts'
import { TicketingService } from '../../../gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { FeedService } from '../../../gen/tms/tracking/v1/feed_service_pb.ts'
import { SupervisionService } from '../../../gen/tms/tracking/v1/supervision_service_pb.ts'
import { TrackingService } from '../../../gen/tms/tracking/v1/tracking_service_pb.ts'
import { assembleOf, type ClientsOf, type TmsCore, type TmsOptions, type TransportFactory } from './core.ts'

import { type PaymentIntent, watchPayment } from './payment.ts'

export type { TmsOptions } from './core.ts'

/** The services of the suite, by the name that a client calls them. */
const services = {
  auth: AuthService,
  tenant: TenantService,
  fleet: FleetService,
  network: NetworkService,
  timetable: TimetableService,
  pricing: PricingService,
  planning: PlanningService,
  ticketing: TicketingService,
  dispatch: DispatchService,
  bookingChanges: BookingChangeService,
  boarding: BoardingService,
  luggage: LuggageService,
  pointOfSale: PointOfSaleService,
  promotions: PromotionService,
  shifts: ShiftService,
  disruption: DisruptionService,
  payment: PaymentService,
  payouts: PayoutService,
  refunds: RefundService,
  ledger: LedgerService,
  paybill: PaybillService,
  exchangeRates: ExchangeRateService,
  reconciliation: ReconciliationService,
  qr: QrService,
  notification: NotificationService,
  tracking: TrackingService,
  supervision: SupervisionService,
  feeds: FeedService,
}

/** A client of the suite. */
export type Tms = TmsCore &
  ClientsOf<typeof services> & {
    /** How a payment stands, now and at every change, over broken connections, until it is paid, expired or cancelled. */
    watchPayment(paymentIntentId: string, signal?: AbortSignal): AsyncIterable<PaymentIntent>
  }

/** Puts a client together over a transport; see `createTms` of the entry for browsers, and of that for Node. */
export function assemble(options: TmsOptions, transportOf: TransportFactory, closeTransport?: () => void): Tms {
  const core = assembleOf(services, options, transportOf, closeTransport)
  return { ...core, watchPayment: (paymentIntentId, signal) => watchPayment(core, paymentIntentId, signal) }
}
