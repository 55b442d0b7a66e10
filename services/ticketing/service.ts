import { defineService } from '#kit'
import * as told from '#gen/tms/ticketing/v1/events_pb.ts'
import { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import { LuggageService } from '#gen/tms/ticketing/v1/luggage_service_pb.ts'
import { DisruptionService } from '#gen/tms/ticketing/v1/disruption_service_pb.ts'
import { DispatchService } from '#gen/tms/ticketing/v1/dispatch_service_pb.ts'
import { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { PromotionService } from '#gen/tms/ticketing/v1/promotion_service_pb.ts'
import { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { settings } from './config.ts'
import { calls, type Ctx } from './context.ts'
import { cancelTrip } from './events/cancel_trip.ts'
import { closeBoarding } from './events/close_boarding.ts'
import { confirmOnPayment } from './events/confirm_on_payment.ts'
import { copyTrip } from './events/copy_trip.ts'
import { endSales } from './events/end_sales.ts'
import { noteDriver } from './events/note_driver.ts'
import { keepTerms } from './events/keep_terms.ts'
import { noteDelayOfTrip } from './events/note_delay.ts'
import { noteTripState } from './events/note_trip_state.ts'
import { releaseDriver } from './events/release_driver.ts'
import { resumeSales } from './events/resume_sales.ts'
import { settleRefund } from './events/settle_refund.ts'
import { stopSales } from './events/stop_sales.ts'
import { expireHolds } from './jobs/expire_holds.ts'
import { expireLeases } from './jobs/expire_leases.ts'
import { postCounterSales } from './jobs/post_counter_sales.ts'
import { postCash } from './jobs/post_cash.ts'
import { sendRefunds } from './jobs/send_refunds.ts'
import { settleChoices } from './jobs/settle_choices.ts'
import { changeRpcs } from './rpc/change/index.ts'
import { boardingRpcs } from './rpc/boarding/index.ts'
import { luggageRpcs } from './rpc/luggage/index.ts'
import { dispatchRpcs } from './rpc/dispatch/index.ts'
import { promotionRpcs } from './rpc/promotion/index.ts'
import { disruptionRpcs } from './rpc/disruption/index.ts'
import { rpcs } from './rpc/index.ts'
import { posRpcs } from './rpc/pos/index.ts'
import { shiftRpcs } from './rpc/shift/index.ts'

/** Sells seats on trips, leg by leg. */
export default defineService<Ctx>({
  name: 'ticketing',
  serves: [
    TicketingService,
    DispatchService,
    BookingChangeService,
    BoardingService,
    LuggageService,
    PointOfSaleService,
    PromotionService,
    ShiftService,
    DisruptionService,
  ],
  calls,
  publishes: [
    told.SeatsHeldSchema,
    told.BookingConfirmedSchema,
    told.BookingExpiredSchema,
    told.HoldReleasedSchema,
    told.BookingCancelledSchema,
    told.TicketIssuedSchema,
    told.TicketVoidedSchema,
    told.TicketBoardedSchema,
    told.SeatsLostSchema,
    told.PaymentMismatchFoundSchema,
    told.BusChangedSchema,
    told.BookingChangedSchema,
    told.BookingOpenedSchema,
    told.BookingTransferredSchema,
    told.TicketMissedSchema,
    told.TicketReinstatedSchema,
    told.ScanConflictFoundSchema,
    told.ParcelMovedSchema,
    told.PosDeviceEnrolledSchema,
    told.PosDeviceRevokedSchema,
    told.EntriesQuarantinedSchema,
    told.QuarantineDecidedSchema,
    told.CounterSaleConflictedSchema,
    told.ShiftCountedSchema,
    told.ShiftCorrectedSchema,
    told.ShiftClosedSchema,
    told.DepositReceivedSchema,
    told.RideTimeChangedSchema,
    told.TripChoiceOfferedSchema,
  ],
  consumes: [
    copyTrip,
    keepTerms,
    noteTripState,
    noteDelayOfTrip,
    cancelTrip,
    stopSales,
    resumeSales,
    endSales,
    confirmOnPayment,
    settleRefund,
    noteDriver,
    releaseDriver,
    closeBoarding,
  ],
  jobs: [expireHolds, sendRefunds, expireLeases, postCounterSales, postCash, settleChoices],
  migrations: new URL('./migrations/', import.meta.url),
  settings,
  routes: (ctx) => (router) => {
    router.service(TicketingService, rpcs(ctx))
    router.service(ShiftService, shiftRpcs(ctx))
    router.service(DispatchService, dispatchRpcs(ctx))
    router.service(BookingChangeService, changeRpcs(ctx))
    router.service(BoardingService, boardingRpcs(ctx))
    router.service(LuggageService, luggageRpcs(ctx))
    router.service(PointOfSaleService, posRpcs(ctx))
    router.service(PromotionService, promotionRpcs(ctx))
    router.service(DisruptionService, disruptionRpcs(ctx))
  },
})
