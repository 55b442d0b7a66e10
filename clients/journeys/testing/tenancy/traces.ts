import { type DescMessage, type Message, toBinary } from '@bufbuild/protobuf'
import type { Outcome } from '../contract/call.ts'
import type { Rpc } from '../contract/rpcs.ts'
import { buildFrom, type Tree } from '../contract/tree.ts'
import type { Everything } from '../world/two_companies.ts'

/** What a company is known by to everybody who looks for a bus. */
function publicTraces({ tenantId, tripId, nextTripId, routeId, stopIds, facts }: Everything): string[] {
  return [tenantId, tripId, nextTripId, routeId, ...stopIds, facts.name, facts.slug, ...facts.towns]
}

/** What nobody outside the company may see: its people, its passengers, its plans, its sales. */
function privateTraces(company: Everything): string[] {
  const { facts, passenger, ticket, voidTicket, ridden, cancelled, held } = company
  const bookings = [ridden, cancelled, held]
  return [
    ...[company.managerId, company.driverId, company.sessionId, passenger.userId ?? ''],
    ...Object.values(facts.phones),
    ...[company.name, company.phone, facts.plate],
    ...[company.layoutId, company.spareLayoutId, company.busId, company.patternId, company.importId],
    ...company.fareIds,
    ...[company.calendarId, company.scheduleId, company.assignmentId, company.licenceId, company.invitationId],
    ...[company.driverInvitationId, company.apiKeyId, ...company.deliveryIds],
    ...[
      company.payeeId,
      company.payoutId,
      company.refundId,
      company.deviceKeyId,
      company.deviceSecret,
      company.messageId,
      company.geofenceId,
      company.alertId,
      company.latitude,
      company.posDeviceId,
      company.leaseId,
      company.quarantineId,
      company.shiftId,
      company.depositId,
      company.expenseId,
    ],
    ...bookings.flatMap(({ bookingId, bookingCode, paymentIntentId }) => [bookingId, bookingCode, paymentIntentId]),
    ...[ticket, voidTicket].flatMap(({ ticketId, ticketNumber, code }) => [ticketId, ticketNumber, code]),
  ].filter((trace) => trace !== '')
}

/** Everything that tells one company from another. */
export function tracesOf(company: Everything, shown: 'all' | 'private' = 'all'): string[] {
  return shown === 'private' ? privateTraces(company) : [...privateTraces(company), ...publicTraces(company)]
}

/** The traces that came back, in an answer or in a refusal, without those that the request itself had named. */
export function tracesIn(outcome: Outcome, traces: readonly string[], rpc: Rpc, request: Tree): string[] {
  const sent = encoded(rpc.method.input, buildFrom(rpc.method.input, request))
  const received = outcome.refusal ? refusalText(outcome) : encoded(rpc.method.output, outcome.answer)
  return traces.filter((trace) => received.includes(trace) && !sent.includes(trace))
}

function encoded(schema: DescMessage, message: Message): Buffer {
  return Buffer.from(toBinary(schema, message))
}

function refusalText({ refusal }: Outcome): Buffer {
  const details = (refusal?.details ?? []).map((detail) => ('value' in detail ? Buffer.from(detailBytes(detail)) : ''))
  return Buffer.concat([Buffer.from(refusal?.message ?? ''), ...details.map((detail) => Buffer.from(detail))])
}

/** Details of an error that came over a wire are bytes. */
function detailBytes({ value }: { value: unknown }): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array()
}
