import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { moneyToProto, type Session } from '#kit'
import {
  type LuggageEventSchema,
  LuggageItem_Kind as WireKind,
  LuggageItem_State as WireState,
  type LuggageItemSchema,
  LuggageMove as WireMove,
} from '#gen/tms/ticketing/v1/luggage_pb.ts'
import type { LuggageMove } from '../domain/luggage.ts'
import { masked } from '../domain/masking.ts'
import type { LuggageEvent, LuggageItem } from '../store/luggage.ts'

/** A piece for one reader. Nobody is shown the code that it is handed over for. */
export function itemToProto(item: LuggageItem, reader: Session): MessageInitShape<typeof LuggageItemSchema> {
  const phone = (number: string) => (reader.can('ticketing.sales.read') ? number : masked(number))
  const { itemId, tagNumber, tagCode, tripId, fromSequence, toSequence, ownerName, senderName, description } = item
  return {
    ...{ itemId, tagNumber, tagCode, tripId, fromSequence, toSequence, ownerName, senderName, description },
    kind: WireKind[item.kind],
    state: WireState[item.state],
    bookingCode: item.bookingCode ?? '',
    senderPhone: phone(item.senderPhone),
    recipientPhone: phone(item.recipientPhone),
    fee: moneyToProto(item.fee),
    paid: item.paid,
    paymentIntentId: item.paymentIntentId ?? '',
    createTime: timestampFromDate(item.createTime),
  }
}

/** One line of a piece's history. */
export function eventToProto(event: LuggageEvent): MessageInitShape<typeof LuggageEventSchema> {
  const { stopSequence, userId, deviceId, note } = event
  return {
    ...{ stopSequence, userId, deviceId, note },
    move: WireMove[event.move],
    tripId: event.tripId ?? '',
    createTime: timestampFromDate(event.createTime),
  }
}

const moves: Readonly<Record<number, LuggageMove>> = {
  [WireMove.LOAD]: 'LOAD',
  [WireMove.UNLOAD]: 'UNLOAD',
  [WireMove.HAND_OVER]: 'HAND_OVER',
  [WireMove.LOSE]: 'LOSE',
  [WireMove.FIND]: 'FIND',
  [WireMove.CANCEL]: 'CANCEL',
}

/** What a request does with a piece; the contract lets nothing else in. */
export function moveFromProto(wire: WireMove): LuggageMove {
  const move = moves[wire]
  if (move) return move
  throw new Error(`no move ${wire}`)
}
