import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Ack } from '../ingest/reporting.ts'
import type { MessageRow } from '../store/instructions.ts'

/** An ack as messages tell it. */
export function ackToProto({ sequence, rejected }: Ack) {
  return { sequence: BigInt(sequence), rejected: [...rejected] }
}

/** A message to a driver as messages tell it. */
export function messageToProto(message: Omit<MessageRow, 'showTime'> & Partial<Pick<MessageRow, 'showTime'>>) {
  const { messageId, tripId, text, createTime, showTime } = message
  return {
    messageId,
    tripId,
    text,
    createTime: timestampFromDate(createTime),
    ...(showTime ? { showTime: timestampFromDate(showTime) } : {}),
  }
}

/** Whole seconds as a duration. */
export function secondsToProto(seconds: number) {
  return { seconds: BigInt(seconds), nanos: 0 }
}
