import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { money, moneyToProto } from '#kit'
import {
  Quarantine_State as State,
  QuarantineReason,
  type QuarantinedEntrySchema,
  type QuarantineSchema,
  RecordedEntry_Kind as Kind,
  type RecordedEntrySchema,
} from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import type { ListedEntry } from '../../store/pos/journal.ts'
import type { KeptEntry, Quarantine, QuarantineState } from '../../store/pos/quarantines.ts'
import { contentOf, resultFromBytes, resultToProto } from './entries.ts'

/** A quarantine on the wire. */
export function quarantineToProto(one: Quarantine): MessageInitShape<typeof QuarantineSchema> {
  const { quarantineId, deviceId, detail, entryCount, deciderUserId, note, decideTime } = one
  return {
    ...{ quarantineId, deviceId, detail, entryCount, deciderUserId, note },
    reasons: one.reasons.map((reason) => QuarantineReason[reason]),
    state: State[one.state],
    createTime: timestampFromDate(one.createTime),
    ...(decideTime && { decideTime: timestampFromDate(decideTime) }),
  }
}

/** A state that a request asks for; undefined for all. */
export function quarantineStateFromProto(wire: State): QuarantineState | undefined {
  const names: readonly QuarantineState[] = ['OPEN', 'RELEASED', 'REJECTED']
  return names.find((name) => State[name] === wire)
}

/** An entry in quarantine on the wire. */
export function keptToProto({
  body,
  signature,
  signatureGood,
  result,
}: KeptEntry): MessageInitShape<typeof QuarantinedEntrySchema> {
  const content = contentOf(body)
  return {
    entry: { body, signature },
    signatureGood,
    ...(content && { content }),
    ...(result && { result: resultToProto(resultFromBytes(result)) }),
  }
}

/** An entry of a journal on the wire. */
export function listedToProto(one: ListedEntry): MessageInitShape<typeof RecordedEntrySchema> {
  const { deviceId, shiftId, agentUserId, saleId, result } = one
  return {
    ...{ deviceId, shiftId, agentUserId, saleId },
    sequence: BigInt(result.sequence),
    kind: Kind[one.kind],
    deviceTime: timestampFromDate(one.deviceTime),
    receiveTime: timestampFromDate(one.receiveTime),
    ...(one.currency !== 'XXX' && { cash: moneyToProto(money(one.currency, one.cashMinor)) }),
    result: resultToProto(result),
  }
}
