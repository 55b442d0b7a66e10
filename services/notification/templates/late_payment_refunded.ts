import { create } from '@bufbuild/protobuf'
import { SeatsLost_Resolution, SeatsLostSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { refundText } from './booking_cancelled.ts'
import { aDayLater, noticeValues, sampleRide, toPassenger } from './ride.ts'
import { template } from './template.ts'
import { words } from './words.ts'

/** Money that came too late. Passengers who got other seats hear of it with their tickets (`ticket-reseated`). */
export const latePaymentRefunded = template({
  name: 'late-payment-refunded',
  description: 'A payment came after the seats were gone, and goes back',
  event: SeatsLostSchema,
  when: ({ resolution }) => resolution === SeatsLost_Resolution.REFUNDED,
  to: toPassenger,
  reference: ({ bookingCode }) => bookingCode,
  values: (event, say) => ({
    ...noticeValues(event, say),
    bookingCode: event.bookingCode,
    refund: say.money(event.refund),
    route: `${event.notice?.origin ?? ''} - ${event.notice?.destination ?? ''}`,
  }),
  sms: {
    en: `{company} {bookingCode}: your payment came too late and the seats are gone.${refundText.en}`,
    rw: `{company} {bookingCode}: ubwishyu bwanyu bwatinze kandi imyanya yashize.${refundText.rw}`,
    fr: `{company} {bookingCode} : paiement arrivé trop tard, plus de places.${refundText.fr}`,
    sw: `{company} {bookingCode}: malipo yako yamechelewa na viti vimeisha.${refundText.sw}`,
  },
  mail: {
    subject: {
      en: 'Booking {bookingCode}: your payment came too late',
      rw: 'Itike {bookingCode}: ubwishyu bwatinze',
      fr: 'Réservation {bookingCode} : paiement trop tardif',
      sw: 'Nafasi {bookingCode}: malipo yamechelewa',
    },
    paragraphs: [
      {
        en: `Your payment came after your seats had been released, and no others were left.${refundText.en}`,
        rw: `Ubwishyu bwanyu bwaje imyanya yari yararekuwe, kandi nta yindi yari isigaye.${refundText.rw}`,
        fr: `Votre paiement est arrivé après la libération de vos sièges, et il n’en restait plus d’autres.${refundText.fr}`,
        sw: `Malipo yako yalifika baada ya viti vyako kuachiliwa, na havikubaki vingine.${refundText.sw}`,
      },
    ],
    facts: [
      { label: words.booking, value: 'bookingCode' },
      { label: words.route, value: 'route' },
      { label: words.departure, value: 'departure' },
      { label: words.refund, value: 'refund' },
    ],
  },
  usefulUntil: (_, now) => aDayLater(now),
  // The money comes back either way, and the account of it shows there.
  repeatSmsAfterSeconds: null,
  sample: create(SeatsLostSchema, {
    bookingCode: 'K7QM2RXP',
    notice: sampleRide,
    resolution: SeatsLost_Resolution.REFUNDED,
    refund: { currencyCode: 'RWF', units: 9000n },
  }),
})
