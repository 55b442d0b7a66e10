import { create } from '@bufbuild/protobuf'
import { CancelCause } from '#gen/tms/ticketing/v1/cancel_cause_pb.ts'
import { BookingCancelledSchema, type BookingCancelled } from '#gen/tms/ticketing/v1/events_pb.ts'
import { aDayLater, noticeValues, sampleRide, toPassenger } from './ride.ts'
import type { Say } from './say.ts'
import { template, type MailTexts } from './template.ts'
import { words } from './words.ts'

/** A paid booking that does not count any more: by the passenger's or the company's wish, or because the trip is off. */

function cancelValues(event: BookingCancelled, say: Say) {
  return {
    ...noticeValues(event, say),
    bookingCode: event.bookingCode,
    reason: event.reason,
    refund: say.money(event.refund),
    route: `${event.notice?.origin ?? ''} - ${event.notice?.destination ?? ''}`,
  }
}

const facts: MailTexts<keyof ReturnType<typeof cancelValues>>['facts'] = [
  { label: words.booking, value: 'bookingCode' },
  { label: words.company, value: 'company' },
  { label: words.route, value: 'route' },
  { label: words.departure, value: 'departure' },
  { label: words.reason, value: 'reason' },
  { label: words.refund, value: 'refund' },
]

/** Said where money goes back; the part falls away when none does. */
export const refundText = {
  en: '[ We refund {refund} to the account you paid from.]',
  rw: '[ Murasubizwa {refund} kuri konti mwishyuriyeho.]',
  fr: '[ Nous remboursons {refund} sur le compte qui a payé.]',
  sw: '[ Utarudishiwa {refund} kwenye akaunti uliyolipia.]',
}

const common = {
  event: BookingCancelledSchema,
  to: toPassenger,
  reference: (event: BookingCancelled) => event.bookingCode,
  values: cancelValues,
  usefulUntil: (_: BookingCancelled, now: Date) => aDayLater(now),
}

const sample = (cause: CancelCause, reason: string) =>
  create(BookingCancelledSchema, {
    bookingCode: 'K7QM2RXP',
    notice: sampleRide,
    cause,
    reason,
    total: { currencyCode: 'RWF', units: 9000n },
    refund: { currencyCode: 'RWF', units: 8100n },
  })

export const bookingCancelled = template({
  ...common,
  name: 'booking-cancelled',
  description: 'A booking was cancelled by the passenger or the company',
  when: ({ cause }) => cause !== CancelCause.TRIP,
  sms: {
    en: `{company}: booking {bookingCode} {origin} - {destination}, {departure} is cancelled.${refundText.en}`,
    rw: `{company}: itike {bookingCode} {origin} - {destination}, {departure} yahagaritswe.${refundText.rw}`,
    fr: `{company} : réservation {bookingCode} {origin} - {destination}, {departure} annulée.${refundText.fr}`,
    sw: `{company}: nafasi {bookingCode} {origin} - {destination}, {departure} imefutwa.${refundText.sw}`,
  },
  mail: {
    subject: {
      en: 'Booking {bookingCode} is cancelled',
      rw: 'Itike {bookingCode} yahagaritswe',
      fr: 'Réservation {bookingCode} annulée',
      sw: 'Nafasi {bookingCode} imefutwa',
    },
    paragraphs: [
      {
        en: `Your booking is cancelled and its tickets are no longer valid.${refundText.en}`,
        rw: `Itike yanyu yahagaritswe, kode zayo ntizigikora.${refundText.rw}`,
        fr: `Votre réservation est annulée et ses billets ne sont plus valables.${refundText.fr}`,
        sw: `Nafasi yako imefutwa na tiketi zake hazitumiki tena.${refundText.sw}`,
      },
    ],
    facts,
  },
  // Whoever cancelled knows; what matters is the money, which comes anyway.
  repeatSmsAfterSeconds: null,
  sample: sample(CancelCause.PASSENGER, ''),
})

export const tripCancelled = template({
  ...common,
  name: 'trip-cancelled',
  description: 'The bus does not run: every passenger of the trip is told',
  when: ({ cause }) => cause === CancelCause.TRIP,
  sms: {
    en: `{company}: sorry, the bus {origin} - {destination}, {departure} will not run. Booking {bookingCode} is cancelled.${refundText.en}`,
    rw: `{company}: mutwihanganire, imodoka {origin} - {destination}, {departure} ntikigenda. Itike {bookingCode} yahagaritswe.${refundText.rw}`,
    fr: `{company} : désolés, le bus {origin} - {destination}, {departure} ne part pas. Réservation {bookingCode} annulée.${refundText.fr}`,
    sw: `{company}: samahani, basi {origin} - {destination}, {departure} halitasafiri. Nafasi {bookingCode} imefutwa.${refundText.sw}`,
  },
  mail: {
    subject: {
      en: 'Your bus {origin} - {destination}, {departure} will not run',
      rw: 'Imodoka {origin} - {destination}, {departure} ntikigenda',
      fr: 'Votre bus {origin} - {destination}, {departure} ne part pas',
      sw: 'Basi lako {origin} - {destination}, {departure} halitasafiri',
    },
    paragraphs: [
      {
        en: `We are sorry: this bus will not run, and your booking is cancelled.${refundText.en}`,
        rw: `Mutwihanganire: iyi modoka ntikigenda, itike yanyu yahagaritswe.${refundText.rw}`,
        fr: `Nous sommes désolés : ce bus ne part pas et votre réservation est annulée.${refundText.fr}`,
        sw: `Samahani: basi hili halitasafiri, na nafasi yako imefutwa.${refundText.sw}`,
      },
    ],
    facts,
  },
  // Who does not hear of it stands at the station in vain.
  repeatSmsAfterSeconds: 600,
  sample: sample(CancelCause.TRIP, ''),
})
