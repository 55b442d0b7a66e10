import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import {
  type BookingOpened,
  BookingOpenedSchema,
  type BookingTransferred,
  BookingTransferredSchema,
} from '#gen/tms/ticketing/v1/events_pb.ts'
import { aDayLater, noticeValues, sampleRide, toPassenger } from './ride.ts'
import type { Say } from './say.ts'
import { template } from './template.ts'
import { words } from './words.ts'

/** What becomes of a booking without new tickets for the one who is told: it waits as an open ticket, or somebody else has it. */

function openValues(event: BookingOpened, say: Say) {
  return {
    ...noticeValues(event, say),
    bookingCode: event.bookingCode,
    value: say.money(event.value),
    until: say.instant(event.openExpireTime, event.notice?.timeZone ?? ''),
    link: say.link(`/t/${encodeURIComponent(event.bookingCode)}`),
  }
}

export const bookingOpened = template({
  name: 'booking-opened',
  description: 'A booking became an open ticket: what it is worth, and until when',
  event: BookingOpenedSchema,
  to: toPassenger,
  reference: ({ bookingCode }) => bookingCode,
  values: openValues,
  sms: {
    en: '{company}: {bookingCode} is now an open ticket worth {value}, good until {until}. Choose a seat: {link}',
    rw: '{company}: {bookingCode} ni itike ifunguye ya {value}, ikora kugeza {until}. Hitamo umwanya: {link}',
    fr: '{company} : {bookingCode} est un billet ouvert de {value}, valable jusqu’au {until}. Choisir un siège : {link}',
    sw: '{company}: {bookingCode} sasa ni tiketi ya wazi ya {value}, hadi {until}. Chagua kiti: {link}',
  },
  mail: {
    subject: {
      en: 'Your open ticket {bookingCode}',
      rw: 'Itike yanyu ifunguye {bookingCode}',
      fr: 'Votre billet ouvert {bookingCode}',
      sw: 'Tiketi yako ya wazi {bookingCode}',
    },
    paragraphs: [
      {
        en: 'Your seats are free again and the codes sent before are no longer valid. {value} counts towards any trip of this company that you choose before {until}.',
        rw: 'Imyanya yanyu yarekuwe, kode za mbere ntizigikora. {value} azabarwa ku rundi rugendo rw’iki kigo muhitamo mbere ya {until}.',
        fr: 'Vos sièges sont libérés et les codes envoyés auparavant ne sont plus valables. {value} comptent pour tout voyage de cette compagnie choisi avant le {until}.',
        sw: 'Viti vyako vimeachiliwa na misimbo ya awali haitumiki tena. {value} zitahesabiwa kwa safari yoyote ya kampuni hii utakayochagua kabla ya {until}.',
      },
    ],
    facts: [
      { label: words.booking, value: 'bookingCode' },
      { label: words.company, value: 'company' },
    ],
    button: { label: words.showTickets, value: 'link' },
  },
  usefulUntil: (_, now) => aDayLater(now),
  repeatSmsAfterSeconds: null,
  sample: create(BookingOpenedSchema, {
    bookingCode: 'K7QM2RXP',
    notice: sampleRide,
    value: { currencyCode: 'RWF', units: 8500n },
    fee: { currencyCode: 'RWF', units: 500n },
    openExpireTime: timestampFromDate(new Date('2027-02-18T06:00:00Z')),
  }),
})

function transferValues(event: BookingTransferred, say: Say) {
  return { ...noticeValues(event, say), bookingCode: event.bookingCode, phone: event.maskedPhone }
}

export const bookingTransferred = template({
  name: 'booking-transferred',
  description: 'Whoever gave a booking away is told that it is done',
  event: BookingTransferredSchema,
  to: toPassenger,
  reference: ({ bookingCode }) => bookingCode,
  values: transferValues,
  sms: {
    en: '{company}: booking {bookingCode} {origin} - {destination}, {departure} was given to {phone}. Your tickets are void.',
    rw: '{company}: itike {bookingCode} {origin} - {destination}, {departure} yahawe {phone}. Amatike yanyu ntagikora.',
    fr: '{company} : réservation {bookingCode} {origin} - {destination}, {departure} cédée à {phone}. Vos billets sont annulés.',
    sw: '{company}: nafasi {bookingCode} {origin} - {destination}, {departure} imepewa {phone}. Tiketi zako hazitumiki tena.',
  },
  mail: {
    subject: {
      en: 'Booking {bookingCode} was given away',
      rw: 'Itike {bookingCode} yahawe undi',
      fr: 'Réservation {bookingCode} cédée',
      sw: 'Nafasi {bookingCode} imepewa mwingine',
    },
    paragraphs: [
      {
        en: 'The booking now belongs to {phone}, who has new tickets. If this was not you, call the company at once.',
        rw: 'Iyi tike ubu ni iya {phone}, wahawe amatike mashya. Niba atari mwe, muhamagare ikigo vuba.',
        fr: 'La réservation appartient maintenant à {phone}, qui a de nouveaux billets. Si ce n’était pas vous, appelez vite la compagnie.',
        sw: 'Nafasi hii sasa ni ya {phone}, aliyepata tiketi mpya. Kama si wewe uliyefanya hivi, ipigie kampuni mara moja.',
      },
    ],
    facts: [
      { label: words.booking, value: 'bookingCode' },
      { label: words.company, value: 'company' },
      { label: words.departure, value: 'departure' },
    ],
  },
  usefulUntil: (_, now) => aDayLater(now),
  repeatSmsAfterSeconds: 600,
  sample: create(BookingTransferredSchema, {
    bookingCode: 'K7QM2RXP',
    notice: sampleRide,
    maskedPhone: '+2507•••••89',
  }),
})
