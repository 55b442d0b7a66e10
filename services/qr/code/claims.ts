import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs, timestampMs, type Timestamp } from '@bufbuild/protobuf/wkt'
import { TicketClaimsSchema, TicketPayloadSchema } from '#gen/tms/qr/v1/ticket_pb.ts'
import type { TicketClaims, TicketPayload } from '#gen/tms/qr/v1/ticket_pb.ts'
import { bytesOfHex, hexOf } from './ticket_code.ts'

/** Between a ticket as services speak of it and the small message that is signed. */

const dayMs = 86_400_000
const lastSecond = 0xffff_ffff

/**
 * The small form of a ticket; its instants are rounded down to the second.
 *
 * @param issueTime used when the payload has none.
 * @throws {RangeError} when the service date is no day of the calendar, or an instant lies outside 1970 to 2106.
 */
export function claimsOf(payload: TicketPayload, issueTime: Date): TicketClaims {
  return create(TicketClaimsSchema, {
    ticketId: bytesOfUuid(payload.ticketId),
    tripId: bytesOfUuid(payload.tripId),
    tenantId: bytesOfUuid(payload.tenantId),
    bookingCode: payload.bookingCode,
    passengerName: payload.passengerName,
    seatLabel: payload.seatLabel,
    seatClass: payload.seatClass,
    fromSequence: payload.fromSequence,
    toSequence: payload.toSequence,
    serviceDay: dayOf(payload.serviceDate),
    departureSeconds: secondsOf(payload.departureTime),
    expireSeconds: secondsOf(payload.expireTime),
    issueSeconds: payload.issueTime ? secondsOf(payload.issueTime) : Math.floor(issueTime.getTime() / 1000),
  })
}

/** The ticket that a small form stands for. */
export function payloadOf(claims: TicketClaims): TicketPayload {
  return create(TicketPayloadSchema, {
    ticketId: uuidOf(claims.ticketId),
    tripId: uuidOf(claims.tripId),
    tenantId: uuidOf(claims.tenantId),
    bookingCode: claims.bookingCode,
    passengerName: claims.passengerName,
    seatLabel: claims.seatLabel,
    seatClass: claims.seatClass,
    fromSequence: claims.fromSequence,
    toSequence: claims.toSequence,
    serviceDate: new Date(claims.serviceDay * dayMs).toISOString().slice(0, 10),
    departureTime: timestampFromMs(claims.departureSeconds * 1000),
    expireTime: timestampFromMs(claims.expireSeconds * 1000),
    issueTime: timestampFromMs(claims.issueSeconds * 1000),
  })
}

/** The bytes that are signed. Fields go in the order of their numbers, so the same claims give the same bytes. */
export function encodeClaims(claims: TicketClaims): Uint8Array<ArrayBuffer> {
  return toBinary(TicketClaimsSchema, claims)
}

/** Reads signed bytes; only after the mac or the signature was found good. */
export function decodeClaims(bytes: Uint8Array): TicketClaims {
  return fromBinary(TicketClaimsSchema, bytes)
}

/** Whether two sets of claims promise the same, whenever they were made. */
export function samePromise(a: TicketClaims, b: TicketClaims): boolean {
  const [left, right] = [a, { ...b, issueSeconds: a.issueSeconds }].map((claims) => hexOf(encodeClaims(claims)))
  return left === right
}

/** The 16 bytes of a UUID. */
export const bytesOfUuid = (uuid: string) => bytesOfHex(uuid.replaceAll('-', ''))

/** A UUID from its 16 bytes. */
export const uuidOf = (bytes: Uint8Array) => hexOf(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

function dayOf(serviceDate: string): number {
  const ms = Date.parse(`${serviceDate}T00:00:00Z`)
  // Some engines read 31 February as 3 March.
  const isDay = ms >= 0 && new Date(ms).toISOString().startsWith(serviceDate)
  if (!isDay) throw new RangeError(`"${serviceDate}" is not a day from 1970 on`)
  return ms / dayMs
}

/** @throws {RangeError} outside 1970 to 2106 */
export function secondsOf(instant: Timestamp | undefined): number {
  const seconds = instant ? Math.floor(timestampMs(instant) / 1000) : Number.NaN
  if (!(seconds >= 0 && seconds <= lastSecond)) throw new RangeError('a ticket holds instants from 1970 to 2106')
  return seconds
}
