import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import {
  type RideTimeChanged,
  RideTimeChanged_Cause as Cause,
  RideTimeChangedSchema,
} from '#gen/tms/ticketing/v1/events_pb.ts'
import { noticeValues, sampleRide, toPassenger, untilDeparture } from './ride.ts'
import type { Say } from './say.ts'
import { template, type MailTexts } from './template.ts'
import { words } from './words.ts'

/** A booked bus leaves at another time than was last told. */

function timeValues(event: RideTimeChanged, say: Say) {
  const { timeZone = '', origin = '', destination = '' } = event.notice ?? {}
  return {
    ...noticeValues(event, say),
    bookingCode: event.bookingCode,
    // What the passenger knows it by.
    departure: say.instant(event.oldDepartureTime, timeZone),
    newDeparture: say.instant(event.newDepartureTime, timeZone),
    reason: event.reason,
    route: `${origin} - ${destination}`,
  }
}

const facts: MailTexts<keyof ReturnType<typeof timeValues>>['facts'] = [
  { label: words.booking, value: 'bookingCode' },
  { label: words.company, value: 'company' },
  { label: words.route, value: 'route' },
  { label: words.departure, value: 'departure' },
  { label: words.newDeparture, value: 'newDeparture' },
  { label: words.reason, value: 'reason' },
]

const common = {
  event: RideTimeChangedSchema,
  to: toPassenger,
  reference: ({ bookingCode }: RideTimeChanged) => bookingCode,
  values: timeValues,
  usefulUntil: ({ newDepartureTime: departureTime }: RideTimeChanged, now: Date) =>
    untilDeparture({ departureTime }, now),
  // Who does not hear of it comes too early, or too late.
  repeatSmsAfterSeconds: 600,
}

const isOnTime = ({ cause, delayMinutes }: RideTimeChanged) => cause === Cause.DELAY && delayMinutes === 0

const sample = (delayMinutes: number, reason: string) =>
  create(RideTimeChangedSchema, {
    bookingCode: 'K7QM2RXP',
    notice: sampleRide,
    oldDepartureTime: timestampFromDate(new Date('2026-11-20T06:00:00Z')),
    newDepartureTime: timestampFromDate(new Date('2026-11-20T06:40:00Z')),
    delayMinutes,
    reason,
    cause: Cause.DELAY,
  })

export const rideTimeChanged = template({
  ...common,
  name: 'ride-time-changed',
  description: 'A booked bus is late, or leaves at another time',
  when: (event) => !isOnTime(event),
  sms: {
    en: '{company} {bookingCode}: the bus {origin} - {destination}, {departure} now leaves {newDeparture}.[ {reason}.]',
    rw: '{company} {bookingCode}: bisi {origin} - {destination}, {departure} irahaguruka {newDeparture}.[ {reason}.]',
    fr: '{company} {bookingCode} : le bus {origin} - {destination}, {departure} part maintenant {newDeparture}.[ {reason}.]',
    sw: '{company} {bookingCode}: basi la {origin} - {destination}, {departure} sasa litaondoka {newDeparture}.[ {reason}.]',
  },
  mail: {
    subject: {
      en: 'New departure: {origin} - {destination}, {newDeparture}',
      rw: 'Igihe gishya: {origin} - {destination}, {newDeparture}',
      fr: 'Nouvel horaire : {origin} - {destination}, {newDeparture}',
      sw: 'Muda mpya: {origin} - {destination}, {newDeparture}',
    },
    paragraphs: [
      {
        en: 'Your bus leaves at another time than was told before. Your tickets stay valid.',
        rw: 'Bisi yanyu irahaguruka ku kindi gihe. Amatike yanyu aracyafite agaciro.',
        fr: 'Votre bus part à une autre heure que prévu. Vos billets restent valables.',
        sw: 'Basi lako litaondoka kwa wakati mwingine. Tiketi zako bado ni halali.',
      },
    ],
    facts,
  },
  sample: sample(40, 'Road works at Muhanga'),
})

export const rideOnTime = template({
  ...common,
  name: 'ride-on-time',
  description: 'A booked bus that was late is on time again',
  when: isOnTime,
  sms: {
    en: '{company} {bookingCode}: good news, the bus {origin} - {destination} leaves on time again: {newDeparture}.',
    rw: '{company} {bookingCode}: inkuru nziza, bisi {origin} - {destination} irahagurukira igihe: {newDeparture}.',
    fr: '{company} {bookingCode} : bonne nouvelle, le bus {origin} - {destination} part à l’heure : {newDeparture}.',
    sw: '{company} {bookingCode}: habari njema, basi la {origin} - {destination} litaondoka kwa wakati: {newDeparture}.',
  },
  mail: {
    subject: {
      en: 'On time again: {origin} - {destination}, {newDeparture}',
      rw: 'Iragendera igihe: {origin} - {destination}, {newDeparture}',
      fr: 'De nouveau à l’heure : {origin} - {destination}, {newDeparture}',
      sw: 'Kwa wakati tena: {origin} - {destination}, {newDeparture}',
    },
    paragraphs: [
      {
        en: 'Your bus is not late any more and leaves as planned.',
        rw: 'Bisi yanyu ntigitinze, irahaguruka nk’uko byari biteganyijwe.',
        fr: 'Votre bus n’a plus de retard et part comme prévu.',
        sw: 'Basi lako halijachelewa tena na litaondoka kama ilivyopangwa.',
      },
    ],
    facts,
  },
  sample: sample(0, ''),
})
