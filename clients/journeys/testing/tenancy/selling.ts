import type { ExchangeRateService } from '#gen/tms/payment/v1/exchange_rate_service_pb.ts'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import type { PaybillService } from '#gen/tms/payment/v1/paybill_service_pb.ts'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { KeyAlgorithm } from '#gen/tms/qr/v1/key_pb.ts'
import type { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { RenderQrCodeRequest_Format as Format } from '#gen/tms/qr/v1/qr_service_pb.ts'
import type { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import {
  ChooseTripRequest_Answer as Answer,
  type DisruptionService,
} from '#gen/tms/ticketing/v1/disruption_service_pb.ts'
import type { DispatchService } from '#gen/tms/ticketing/v1/dispatch_service_pb.ts'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { PromotionService } from '#gen/tms/ticketing/v1/promotion_service_pb.ts'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { id } from '../world/companies.ts'
import {
  anybody,
  type AttemptsAt,
  beside,
  hidden,
  listed,
  own,
  passenger,
  platform,
  refused,
  service,
  unknown,
} from './attempts.ts'

export const atPayment: AttemptsAt<typeof PaymentService> = ({ held, ridden, attemptId, phone }) => {
  const { paymentIntentId } = held
  return {
    createPaymentIntent: service,
    confirmPaymentIntent: refused(
      { paymentIntentId, method: Method.CASH, idempotencyKey: id() },
      { paymentIntentId, method: Method.MPESA, phone, idempotencyKey: id() },
    ),
    quotePayment: passenger.unknown({ paymentIntentId: held.paymentIntentId, method: Method.MPESA }),
    finishApproval: passenger.unknown({ attemptId }),
    cancelPaymentIntent: service,
    refundPayment: service,
    getPaymentIntent: passenger.unknown({ paymentIntentId: ridden.paymentIntentId }),
    watchPaymentIntent: passenger.unknown({ paymentIntentId: ridden.paymentIntentId }),
    listPaymentIntents: listed({}),
    receiveCallback: service,
    getTrialBalance: own({}),
    listJournalEntries: listed({}),
    getPlatformTrialBalance: platform({}),
    listPlatformJournalEntries: platform({}),
    recordCashPayments: service,
  }
}

export const atExchangeRate: AttemptsAt<typeof ExchangeRateService> = () => ({
  setExchangeRate: platform({
    exchangeRateId: id(),
    fromCurrency: 'RWF',
    toCurrency: 'USD',
    rate: '1',
    marginBasisPoints: 0,
    expireTime: { seconds: 4_102_444_800n },
  }),
  listExchangeRates: platform({}),
})

export const atPaybill: AttemptsAt<typeof PaybillService> = ({ ridden: { paymentIntentId } }) => ({
  registerPaybill: platform({}),
  listSuspensePayments: platform({}),
  refundSuspensePayment: platform({
    refundId: id(),
    paymentIntentId,
    amount: { currencyCode: 'RWF', units: 1n },
    reason: 'rivalry',
  }),
})

export const atQr: AttemptsAt<typeof QrService> = ({ ticket, tripId }, ours) => ({
  signTickets: service,
  revokeTickets: service,
  verifyTicket: hidden(
    { code: ticket.code, tripId: ours.tripId, stopSequence: 0 },
    { code: ticket.code, tripId, stopSequence: 0 },
  ),
  signLuggageTags: service,
  verifyLuggageTag: own({ code: 'TMSL1:' }),
  listVerificationKeys: anybody({}),
  listRevocations: listed({}),
  renderQrCode: anybody({ code: 'TMS1:', format: Format.SVG, sizePixels: 300 }),
  rotateKeys: platform({ idempotencyKey: id(), algorithm: KeyAlgorithm.HMAC_SHA256 }),
})

export const atTicketing: AttemptsAt<typeof TicketingService> = (theirs, ours) => {
  const { tripId, ridden, held, ticket } = theirs
  const legs = { fromSequence: 0, toSequence: 2 }
  const [town, , otherTown] = theirs.facts.towns
  return {
    searchTrips: anybody({
      origin: { place: { case: 'text', value: town } },
      destination: { place: { case: 'text', value: otherTown } },
      serviceDate: theirs.serviceDate,
    }),
    suggestPlaces: anybody({ text: town }),
    listConnections: anybody({}),
    listTowns: anybody({}),
    listDayFares: anybody({
      origin: { place: { case: 'text', value: town } },
      destination: { place: { case: 'text', value: otherTown } },
      firstDate: theirs.serviceDate,
    }),
    getSeatMap: anybody({ tripId, ...legs }),
    quoteFare: anybody({ tripId, ...legs, seatLabels: ['2B'] }),
    holdSeats: passenger.beside({
      bookingId: held.bookingId,
      tripId: ours.tripId,
      ...legs,
      passengers: [{ name: 'Taker', seatLabel: '2C' }],
      contact: { phone: ours.phone, language: 'rw' },
    }),
    releaseHold: passenger.refused({ bookingId: held.bookingId }),
    getBooking: passenger.unknown({ bookingId: ridden.bookingId }),
    findBooking: anybody({ bookingCode: ridden.bookingCode, phone: ours.phone }),
    listBookings: passenger.listed({}),
    quoteCancellation: passenger.unknown({ bookingId: ridden.bookingId }),
    cancelBooking: passenger.refused({ idempotencyKey: id(), bookingId: ridden.bookingId, reason: 'rivalry' }),
    listTripTickets: hidden({ tripId }),
    boardTicket: beside(
      { scanId: id(), code: ticket.code, tripId, stopSequence: 0 },
      { scanId: id(), code: ticket.code, tripId: ours.tripId, stopSequence: 0 },
    ),
  }
}

export const atDispatch: AttemptsAt<typeof DispatchService> = ({ tripId, busId }, ours) => ({
  planBusSwap: refused({ tripId, busId: ours.busId }, { tripId: ours.tripId, busId }),
  swapBus: refused(
    { swapId: id(), tripId, busId: ours.busId, reason: 'rivalry' },
    { swapId: id(), tripId: ours.tripId, busId, reason: 'rivalry' },
  ),
})

export const atBookingChange: AttemptsAt<typeof BookingChangeService> = ({ ridden, tripId }, ours) => {
  const { bookingId } = ridden
  const ride = { tripId, fromSequence: 0, toSequence: 2, seatLabels: ['2B'] }
  const amount = { currencyCode: 'RWF', units: 0n }
  return {
    quoteChange: passenger.refused({ bookingId, ride }, { bookingId, ride: { ...ride, tripId: ours.tripId } }),
    changeBooking: passenger.refused({
      ...{ newBookingId: id(), bookingId, ride },
      ...{ expectedAmountDue: amount, expectedRefund: amount },
    }),
    quoteOpening: passenger.refused({ bookingId }),
    openBooking: passenger.refused({ idempotencyKey: id(), bookingId, expectedFee: amount }),
    renamePassengers: passenger.refused({ idempotencyKey: id(), bookingId, names: ['Taker'] }),
    transferBooking: passenger.refused({
      ...{ idempotencyKey: id(), bookingId, names: ['Taker'] },
      contact: { phone: ours.phone, language: 'rw' },
    }),
    claimBooking: passenger.refused({
      ...{ idempotencyKey: id(), bookingCode: ridden.bookingCode, phone: ours.phone },
    }),
    listBookingChanges: passenger.unknown({ bookingId }),
  }
}

export const atPointOfSale: AttemptsAt<typeof PointOfSaleService> = (theirs, ours) => {
  const { posDeviceId: deviceId, leaseId, quarantineId, tripId, enrolmentCode } = theirs
  const name = 'Taken over'
  return {
    createPosDevice: beside({ deviceId, name, stationStopId: ours.stationStopId }),
    enrolPosDevice: beside({ enrolmentCode, publicKey: new Uint8Array(32), proof: new Uint8Array(64) }),
    revokePosDevice: refused({ deviceId, reason: 'rivalry' }),
    getPosDevice: unknown({ deviceId }),
    listPosDevices: listed({}),
    leaseSeats: refused({ leaseId: id(), deviceId, tripId, seatCount: 1 }),
    renewLeases: refused({ deviceId }),
    returnSeats: refused({ leaseId }),
    listLeases: unknown({ deviceId }),
    syncSales: refused({ deviceId, entries: [{ body: new Uint8Array([1]), signature: new Uint8Array(64) }] }),
    streamSales: refused({ deviceId, entries: [{ body: new Uint8Array([1]), signature: new Uint8Array(64) }] }),
    listJournalEntries: hidden({ deviceId }),
    listQuarantines: listed({}),
    listQuarantinedEntries: unknown({ quarantineId }),
    decideQuarantine: refused({ idempotencyKey: id(), quarantineId, release: false, note: 'rivalry' }),
  }
}
export const atPromotion: AttemptsAt<typeof PromotionService> = ({ tripId }) => ({
  createPromotion: own({
    ...{ promotionId: id(), name: 'Rivalry', codes: ['RIVAL-1'] },
    discount: { case: 'discountBasisPoints' as const, value: 1_000 },
    validFromTime: { seconds: 1_700_000_000n },
    validUntilTime: { seconds: 4_102_444_800n },
  }),
  endPromotion: refused({ promotionId: tripId }),
  listPromotions: own({}),
  listPromotionCodes: refused({ promotionId: tripId }),
})

export const atDisruption: AttemptsAt<typeof DisruptionService> = ({ ridden, tripId }, ours) => {
  const guess = { bookingCode: ridden.bookingCode, phone: ours.phone }
  return {
    getTripChoice: anybody(guess),
    chooseTrip: refused({ idempotencyKey: id(), ...guess, answer: Answer.REFUND }),
    getCancellationReport: refused({ tripId }),
  }
}
