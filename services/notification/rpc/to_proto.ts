import { Channel as WireChannel, Delivery_State } from '#gen/tms/notification/v1/delivery_pb.ts'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { DeliveryRow } from '../store/schema.ts'
import type { Channel } from '../templates/say.ts'

/** Initializer of a `Delivery`: without the text, and without whom it went to. */
export function deliveryToProto(row: DeliveryRow) {
  return {
    deliveryId: row.deliveryId,
    tenantId: row.tenantId ?? '',
    eventId: row.eventId,
    template: row.template,
    channel: WireChannel[row.channel],
    maskedRecipient: row.maskedRecipient,
    language: row.language,
    state: Delivery_State[row.state],
    failureReason: row.failureReason,
    reference: row.reference,
    attemptCount: row.attemptCount,
    createTime: timestampFromDate(row.createTime),
    sendTime: instant(row.sendTime),
    deliverTime: instant(row.deliverTime),
    nextAttemptTime: instant(row.nextAttemptTime),
    resendOfDeliveryId: row.resendOfDeliveryId ?? '',
  }
}

const instant = (time: Date | null) => (time ? timestampFromDate(time) : undefined)

/** The name of a value of a generated enum; undefined for UNSPECIFIED, which stands for "all". */
export function nameOf<Enum extends Readonly<Record<string, number>>>(
  values: Enum,
  value: number,
): Exclude<keyof Enum & string, 'UNSPECIFIED'> | undefined {
  const names = Object.keys(values) as (keyof Enum & string)[]
  const found = names.find((name) => values[name] === value && name !== 'UNSPECIFIED')
  return found as Exclude<keyof Enum & string, 'UNSPECIFIED'> | undefined
}

/** The channel as the service names it; undefined for all. */
export const channelOf = (channel: WireChannel): Channel | undefined => nameOf(WireChannel, channel)
