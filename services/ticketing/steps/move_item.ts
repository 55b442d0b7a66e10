import { randomInt } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Session, Tx } from '#kit'
import { ParcelMovedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { normalizeCode } from '../domain/booking_code.ts'
import { judgeMove, type LuggageMove, type LuggageState, PICKUP_ATTEMPTS } from '../domain/luggage.ts'
import { refuse } from '../errors.ts'
import { addEvent, countFailure, type LuggageItem, lockItem, setState } from '../store/luggage.ts'
import { rideOf } from '../store/rides.ts'
import { assertCrew } from './crew.ts'

/** What somebody does with a piece. */
export type Moving = {
  readonly itemId: string
  readonly move: LuggageMove
  readonly sequence: number
  readonly pickupCode: string
  readonly deviceId: string
  readonly note: string
}

/** A piece after a move; or how many wrong codes may still be given. */
export type Moved = { readonly item: LuggageItem } | { readonly wrongCode: { readonly attemptsLeft: number } }

/**
 * Does something with a piece, and tells a parcel's recipient. A wrong code is an answer, not a refusal: it must be counted.
 *
 * @throws {ConnectError} LUGGAGE_UNKNOWN, NOT_YOUR_TRIP, LUGGAGE_STATE_WRONG, LUGGAGE_STOP_WRONG, LUGGAGE_UNPAID,
 *   PICKUP_CODE_LOCKED
 */
export async function moveItem(tx: Tx, ctx: Ctx, session: Session, moving: Moving): Promise<Moved> {
  const { itemId, move, sequence } = moving
  const item = await lockItem(tx, itemId)
  if (!item) throw luggageUnknown(itemId)
  await assertCrew(tx, session, item.tripId)
  const verdict = judgeMove(item, move, sequence)
  if (verdict === 'SAME') return { item }
  if ('fault' in verdict) throw faultOf(item, verdict)
  if (move === 'HAND_OVER' && !mayFetch(item, moving.pickupCode, session)) {
    return { wrongCode: { attemptsLeft: PICKUP_ATTEMPTS - (await countFailure(tx, itemId)) } }
  }
  const pickupCode = move === 'UNLOAD' && item.kind === 'PARCEL' ? newPickupCode() : undefined
  await setState(tx, itemId, verdict.to, pickupCode)
  await addEvent(tx, {
    eventId: ctx.newId(),
    ...{ tenantId: item.tenantId, itemId, move, stopSequence: sequence, userId: session.userId },
    ...{ deviceId: moving.deviceId, note: moving.note, createTime: ctx.clock.now() },
  })
  if (item.kind === 'PARCEL' && (move === 'LOAD' || move === 'UNLOAD')) await tellRecipient(tx, item, pickupCode)
  tx.afterCommit(() => ctx.happened('luggage_moved', { item_id: itemId, move }))
  return { item: { ...item, state: verdict.to } }
}

/** The one answer for pieces that do not exist and for those of others. */
export function luggageUnknown(itemId?: string) {
  return refuse('LUGGAGE_UNKNOWN', 'the company carries no such piece', itemId === undefined ? {} : { item_id: itemId })
}

/** The one answer for what cannot be done with a piece as it stands. */
export function stateWrong({ state }: Pick<LuggageItem, 'state'>) {
  return refuse('LUGGAGE_STATE_WRONG', `this piece is ${state.toLowerCase().replace('_', ' ')}`, { state })
}

type Fault = Exclude<ReturnType<typeof judgeMove>, 'SAME' | { to: LuggageState }>

function faultOf({ state, paymentIntentId = '' }: LuggageItem, verdict: Fault) {
  switch (verdict.fault) {
    case 'STATE':
      return stateWrong({ state })
    case 'STOP':
      return refuse('LUGGAGE_STOP_WRONG', 'this piece is for another stop', {
        stop_sequence: String(verdict.belongsTo),
      })
    case 'UNPAID':
      return refuse('LUGGAGE_UNPAID', 'the fee has not been paid', { payment_intent_id: paymentIntentId })
  }
}

/**
 * Whether a code is the one that the piece is handed over for. Whoever dispatches trips may go without: they have seen who
 * it is.
 *
 * @throws {ConnectError} PICKUP_CODE_LOCKED
 */
function mayFetch(item: LuggageItem, given: string, session: Session): boolean {
  if (session.can('ticketing.trips.dispatch')) return true
  if (item.pickupFailures >= PICKUP_ATTEMPTS) {
    throw refuse('PICKUP_CODE_LOCKED', 'wrong codes were given too often; the office hands this piece over')
  }
  const expected = item.kind === 'PARCEL' ? item.pickupCode : item.bookingCode
  return expected !== undefined && normalizeCode(given) === expected
}

/** Six digits: with five attempts for each piece, one guess in 200,000 is right. */
function newPickupCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0')
}

async function tellRecipient(tx: Tx, item: LuggageItem, pickupCode: string | undefined): Promise<void> {
  const { trip, origin, destination } = await rideOf(tx, item)
  const { tenantId, itemId, tagNumber, tripId, senderName } = item
  await tx.publish(ParcelMovedSchema, itemId, {
    ...{ tenantId, itemId, tagNumber, tripId, senderName },
    arrived: pickupCode !== undefined,
    pickupCode: pickupCode ?? '',
    notice: {
      companyName: trip.companyName,
      userId: item.userId,
      phone: item.recipientPhone,
      language: item.recipientLanguage,
      origin: origin.stopName,
      destination: destination.stopName,
      departureTime: timestampFromDate(origin.departureTime),
      timeZone: trip.timeZone,
      serviceDate: trip.serviceDate,
    },
  })
}
