import type { Known } from '../contract/fitting.ts'
import type { Everything } from './two_companies.ts'

/** What exists in a company, by the names of the fields that take it. */
export function knownOf(company: Everything): Known {
  const { ridden, cancelled, held, ticket, facts, stopIds } = company
  const bookings = [ridden, cancelled, held]
  return {
    tenantId: [company.tenantId],
    userId: [company.managerId, company.driverId],
    userIds: [company.managerId, company.driverId],
    driverUserId: [company.driverId, company.managerId],
    payerUserId: [company.driverId],
    layoutId: [company.layoutId, company.spareLayoutId],
    busId: [company.busId],
    stopId: [...stopIds],
    parentStopId: [...stopIds],
    fromStopId: [...stopIds],
    toStopId: [...stopIds],
    routeId: [company.routeId],
    patternId: [company.patternId],
    fareIds: [...company.fareIds],
    calendarId: [company.calendarId],
    scheduleId: [company.scheduleId],
    importId: [company.importId],
    tripId: [company.tripId],
    assignmentId: [company.assignmentId],
    invitationId: [company.invitationId, company.driverInvitationId],
    bookingId: bookings.map(({ bookingId }) => bookingId),
    orderId: bookings.map(({ bookingId }) => bookingId),
    paymentIntentId: bookings.map(({ paymentIntentId }) => paymentIntentId),
    attemptId: [company.attemptId],
    bookingCode: bookings.map(({ bookingCode }) => bookingCode),
    ticketId: [ticket.ticketId],
    ticketIds: [ticket.ticketId],
    code: [ticket.code],
    seatLabel: ['1A', '2B', '9Z'],
    seatLabels: ['1A', '2B', '9Z'],
    apiKeyId: [company.apiKeyId],
    deliveryId: [...company.deliveryIds],
    phone: [company.phone, facts.phones.manager],
    town: [...facts.towns],
    slug: [facts.slug],
    plate: [facts.plate],
    provider: ['mpesa', 'africastalking'],
    serviceDate: [company.serviceDate],
    fromDate: [company.serviceDate],
    toDate: [company.serviceDate],
    validFromDate: [company.serviceDate],
    template: ['ticket-issued'],
  }
}
