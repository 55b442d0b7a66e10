import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt'
import { isPositive, type Money, moneyFromProto } from '#kit'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import {
  EntryOutcome,
  type EntryResultSchema,
  EntryResultSchema as ResultSchema,
  type JournalEntry,
  JournalEntrySchema,
} from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import type { Detail, Entry, EntryResult, Outcome } from '../../domain/pos/entry.ts'
import { travellerFromProto } from '../sales_terms.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const LABEL = /^[0-9A-Z]{1,8}$/
const PHONE = /^(?:\+[1-9][0-9]{7,14})?$/
const LANGUAGES = ['', 'en', 'rw', 'fr', 'sw']
/** One line of text that people read. */
const isLine = (text: string, max: number) =>
  text.length <= max && [...text].every((sign) => sign >= ' ' && sign !== '\u007f')
const HASH_BYTES = 32

/** Entries beyond this number are no journal of a device that sells tickets. */
const MOST_ENTRIES = 2_000_000_000n

/** What the bytes of an entry say, in the words of the wire; undefined when they say nothing. */
export function contentOf(body: Uint8Array): JournalEntry | undefined {
  try {
    return fromBinary(JournalEntrySchema, body)
  } catch {
    return undefined
  }
}

/**
 * Reads an entry. Undefined when its bytes are no entry, or something in it is not what it must be: nothing of a
 * request's validation reaches into them.
 */
export function readEntry(body: Uint8Array, hash: string): Entry | undefined {
  const wire = contentOf(body)
  if (!wire || wire.sequence < 1n || wire.sequence > MOST_ENTRIES || wire.previousHash.length !== HASH_BYTES) {
    return undefined
  }
  const deviceTime = instantOf(wire.deviceTime)
  const detail = detailOf(wire)
  const { deviceId, shiftId, agentUserId } = wire
  if (!deviceTime || !detail || ![deviceId, shiftId, agentUserId].every((id) => UUID.test(id))) return undefined
  const previousHash = Buffer.from(wire.previousHash).toString('hex')
  return { deviceId, sequence: Number(wire.sequence), previousHash, hash, deviceTime, shiftId, agentUserId, detail }
}

function instantOf(wire: Timestamp | undefined): Date | undefined {
  const instant = wire && timestampDate(wire)
  // PostgreSQL has no use for the year 275760 either.
  return instant && instant.getTime() > 0 && instant.getUTCFullYear() < 3_000 ? instant : undefined
}

/** An amount that may be nothing, e.g. an empty drawer. */
function moneyOf(wire: WireMoney | undefined, least: 'ZERO' | 'ONE' = 'ONE'): Money | undefined {
  try {
    const amount = wire && moneyFromProto(wire)
    if (!amount) return undefined
    const enough = isPositive(amount) || (least === 'ZERO' && amount.minor === 0n)
    return enough && amount.minor <= MOST_MONEY ? amount : undefined
  } catch {
    return undefined
  }
}

/** No drawer holds more. */
const MOST_MONEY = 1_000_000_000_000n

function detailOf({ detail }: JournalEntry): Detail | undefined {
  switch (detail.case) {
    case 'sale':
      return saleOf(detail.value)
    case 'void':
      return takeBackOf('VOID', { ...detail.value, refundId: detail.value.voidId })
    case 'refund': {
      const amount = moneyOf(detail.value.amount)
      return amount && takeBackOf('REFUND', { ...detail.value, amount })
    }
    case 'expense':
      return isLine(detail.value.category, 60) && isLine(detail.value.note, 200) && isLine(detail.value.receipt, 60)
        ? cashOf('EXPENSE', detail.value.amount)
        : undefined
    case 'cashDrop':
      return isLine(detail.value.destination, 100) ? cashOf('CASH_DROP', detail.value.amount) : undefined
    case 'shiftOpen':
      return cashOf('SHIFT_OPEN', detail.value.float, 'ZERO')
    case 'shiftClose':
      return cashOf('SHIFT_CLOSE', detail.value.counted, 'ZERO')
    case undefined:
      return undefined
  }
}

type WireSale = Extract<JournalEntry['detail'], { case: 'sale' }>['value']

function saleOf(wire: WireSale): Detail | undefined {
  // A company may carry some travellers for nothing.
  const price = moneyOf(wire.price, 'ZERO')
  const { saleId, leaseId, ticketId, tripId, fromSequence, toSequence, seatLabel, phone, language } = wire
  const passengerName = wire.passengerName.trim()
  const good =
    [saleId, leaseId, ticketId, tripId].every((id) => UUID.test(id)) &&
    fromSequence >= 0 &&
    fromSequence < toSequence &&
    toSequence <= 999 &&
    LABEL.test(seatLabel) &&
    PHONE.test(phone) &&
    LANGUAGES.includes(language) &&
    passengerName !== '' &&
    isLine(passengerName, 100)
  const ids = { saleId, leaseId, ticketId, tripId }
  const traveller = travellerFromProto(wire)
  return good && price
    ? { kind: 'SALE', ...ids, fromSequence, toSequence, seatLabel, passengerName, phone, language, price, traveller }
    : undefined
}

function takeBackOf(
  kind: 'VOID' | 'REFUND',
  wire: { readonly refundId: string; readonly saleId: string; readonly reason: string; readonly amount?: Money },
): Detail | undefined {
  const { refundId, saleId, reason, amount } = wire
  const good = UUID.test(refundId) && UUID.test(saleId) && isLine(reason, 200)
  return good ? { kind, refundId, saleId, reason, amount } : undefined
}

function cashOf(
  kind: 'EXPENSE' | 'SHIFT_OPEN' | 'SHIFT_CLOSE' | 'CASH_DROP',
  wire: WireMoney | undefined,
  least: 'ZERO' | 'ONE' = 'ONE',
): Detail | undefined {
  const amount = moneyOf(wire, least)
  return amount && { kind, amount }
}

/** What the device is told about an entry. */
export function resultToProto(result: EntryResult): MessageInitShape<typeof EntryResultSchema> {
  return { ...result, sequence: BigInt(result.sequence), outcome: EntryOutcome[result.outcome] }
}

/** A result as the database keeps it beside a quarantined entry. */
export function resultToBytes(result: EntryResult): Uint8Array {
  return toBinary(ResultSchema, create(ResultSchema, resultToProto(result)))
}

/** As {@link resultToBytes}, read back. */
export function resultFromBytes(bytes: Uint8Array): EntryResult {
  const { $typeName: _, $unknown: __, ...wire } = fromBinary(ResultSchema, bytes)
  return { ...wire, sequence: Number(wire.sequence), outcome: outcomeFromProto(wire.outcome) }
}

/** What became of an entry, from a message. */
export function outcomeFromProto(outcome: EntryOutcome): Outcome {
  return outcomes.get(outcome) ?? 'QUARANTINED'
}

const named: readonly Outcome[] = [
  'RECORDED',
  'SOLD',
  'ACCEPTED_LATE',
  'RESEATED',
  'REFUND_QUEUED',
  'QUARANTINED',
  'REJECTED',
  'REFUSED',
]
const outcomes = new Map<EntryOutcome, Outcome>(named.map((name) => [EntryOutcome[name], name]))
