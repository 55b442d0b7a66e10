import { create, type MessageShape } from '@bufbuild/protobuf'
import { TicketIssuedSchema, type TicketIssued } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Texts } from '../domain/language.ts'
import { refundText } from './booking_cancelled.ts'
import { rideValues, sampleRide, untilDeparture } from './ride.ts'
import type { Say } from './say.ts'
import { template, type MailTexts } from './template.ts'
import { words } from './words.ts'

/** Tickets: one message for the whole booking. The text has a link to the codes, the mail has them as pictures. */

function ticketValues(event: TicketIssued, say: Say) {
  const seats = event.tickets.map((ticket) => ticket.seatLabel)
  return {
    ...rideValues(event, say),
    bookingCode: event.bookingCode,
    // One of the two is empty, so that the text is right for one seat and for several.
    seat: seats.length === 1 ? (seats[0] ?? '') : '',
    seats: seats.length === 1 ? '' : seats.join(', '),
    allSeats: seats.join(', '),
    plate: event.busPlate,
    total: say.money(event.total),
    link: say.link(`/t/${encodeURIComponent(event.bookingCode)}`),
    route: `${event.origin} - ${event.destination}`,
    refund: say.money(event.refund),
  }
}

const ride: Texts = {
  en: '{origin} - {destination}, {departure}.[ Seat {seat}.][ Seats {seats}.][ Bus {plate}.] Ticket: {link}',
  rw: '{origin} - {destination}, {departure}.[ Umwanya {seat}.][ Imyanya {seats}.][ Bisi {plate}.] Itike: {link}',
  fr: '{origin} - {destination}, {departure}.[ Siège {seat}.][ Sièges {seats}.][ Bus {plate}.] Billet : {link}',
  sw: '{origin} - {destination}, {departure}.[ Kiti {seat}.][ Viti {seats}.][ Basi {plate}.] Tiketi: {link}',
}

const facts: MailTexts<keyof ReturnType<typeof ticketValues>>['facts'] = [
  { label: words.booking, value: 'bookingCode' },
  { label: words.company, value: 'company' },
  { label: words.route, value: 'route' },
  { label: words.departure, value: 'departure' },
  { label: words.seats, value: 'allSeats' },
  { label: words.bus, value: 'plate' },
  { label: words.paid, value: 'total' },
]

const showCodes: Texts = {
  en: 'Show the code of each passenger when boarding, on the phone or on paper.',
  rw: 'Mwerekane kode ya buri mugenzi mwinjira mu modoka, kuri telefone cyangwa ku rupapuro.',
  fr: 'Présentez le code de chaque passager à la montée, sur le téléphone ou sur papier.',
  sw: 'Onyesha msimbo wa kila abiria wakati wa kupanda, kwenye simu au kwenye karatasi.',
}

const common = {
  event: TicketIssuedSchema,
  to: ({ phone, email, language }: TicketIssued) => ({ phone, email, language }),
  reference: (event: TicketIssued) => event.bookingCode,
  values: ticketValues,
  pictures: ({ tickets }: TicketIssued) =>
    tickets.map(({ passengerName, seatLabel, code }) => ({ caption: `${passengerName} · ${seatLabel}`, code })),
  usefulUntil: untilDeparture,
  // Without a ticket nobody boards; a second copy costs a few francs.
  repeatSmsAfterSeconds: 600,
}

const sample = (reseated: boolean, changedBookingCode = ''): MessageShape<typeof TicketIssuedSchema> =>
  create(TicketIssuedSchema, {
    ...sampleRide,
    bookingCode: 'K7QM2RXP',
    busPlate: 'RAC 123 A',
    total: { currencyCode: 'RWF', units: 9000n },
    tickets: [
      { passengerName: 'Alice Uwimana', seatLabel: '3A', code: 'TMS1:SAMPLE A' },
      { passengerName: 'Jean Bosco', seatLabel: '3B', code: 'TMS1:SAMPLE B' },
    ],
    reseated,
    changedBookingCode,
  })

export const ticketIssued = template({
  ...common,
  name: 'ticket-issued',
  description: 'The tickets of a paid booking',
  when: ({ reseated, changedBookingCode }) => !reseated && changedBookingCode === '',
  sms: {
    en: `{company} {bookingCode}: ${ride.en}`,
    rw: `{company} {bookingCode}: ${ride.rw}`,
    fr: `{company} {bookingCode} : ${ride.fr}`,
    sw: `{company} {bookingCode}: ${ride.sw}`,
  },
  mail: {
    subject: {
      en: 'Your ticket {origin} - {destination}, {departure}',
      rw: 'Itike yawe {origin} - {destination}, {departure}',
      fr: 'Votre billet {origin} - {destination}, {departure}',
      sw: 'Tiketi yako {origin} - {destination}, {departure}',
    },
    paragraphs: [
      {
        en: 'Thank you: your seats are booked and paid.',
        rw: 'Murakoze: imyanya yanyu yabitswe kandi yishyuwe.',
        fr: 'Merci : vos places sont réservées et payées.',
        sw: 'Asante: viti vyako vimehifadhiwa na kulipiwa.',
      },
      showCodes,
    ],
    facts,
    button: { label: words.showTickets, value: 'link' },
  },
  sample: sample(false),
})

export const ticketChanged = template({
  ...common,
  name: 'ticket-changed',
  description: 'The new tickets of a booking that was changed; those sent before are void',
  when: ({ reseated, changedBookingCode }) => !reseated && changedBookingCode !== '',
  sms: {
    en: `{company} {bookingCode}: your booking is changed. ${ride.en}${refundText.en}`,
    rw: `{company} {bookingCode}: itike yanyu yahinduwe. ${ride.rw}${refundText.rw}`,
    fr: `{company} {bookingCode} : réservation modifiée. ${ride.fr}${refundText.fr}`,
    sw: `{company} {bookingCode}: nafasi yako imebadilishwa. ${ride.sw}${refundText.sw}`,
  },
  mail: {
    subject: {
      en: 'Your changed ticket {origin} - {destination}, {departure}',
      rw: 'Itike yanyu yahinduwe {origin} - {destination}, {departure}',
      fr: 'Votre billet modifié {origin} - {destination}, {departure}',
      sw: 'Tiketi yako iliyobadilishwa {origin} - {destination}, {departure}',
    },
    paragraphs: [
      {
        en: `Your booking is changed; the codes sent before are no longer valid.${refundText.en}`,
        rw: `Itike yanyu yahinduwe, kode za mbere ntizigikora.${refundText.rw}`,
        fr: `Votre réservation est modifiée ; les codes envoyés auparavant ne sont plus valables.${refundText.fr}`,
        sw: `Nafasi yako imebadilishwa; misimbo ya awali haitumiki tena.${refundText.sw}`,
      },
      showCodes,
    ],
    facts,
    button: { label: words.showTickets, value: 'link' },
  },
  sample: sample(false, 'P4RT8WXZ'),
})

export const ticketReseated = template({
  ...common,
  name: 'ticket-reseated',
  description: 'The tickets of a booking that was paid late and got other seats',
  when: ({ reseated }) => reseated,
  sms: {
    en: `{company} {bookingCode}: you paid late, so your seats have changed. ${ride.en}`,
    rw: `{company} {bookingCode}: mwishyuye mutinze, imyanya yahindutse. ${ride.rw}`,
    fr: `{company} {bookingCode} : paiement tardif, vos sièges ont changé. ${ride.fr}`,
    sw: `{company} {bookingCode}: ulichelewa kulipa, viti vimebadilika. ${ride.sw}`,
  },
  mail: {
    subject: {
      en: 'Your ticket with other seats: {origin} - {destination}, {departure}',
      rw: 'Itike yawe, imyanya yahindutse: {origin} - {destination}, {departure}',
      fr: 'Votre billet, autres sièges : {origin} - {destination}, {departure}',
      sw: 'Tiketi yako, viti vingine: {origin} - {destination}, {departure}',
    },
    paragraphs: [
      {
        en: 'Your payment came after your seats had been released. We gave you other seats of the same class on the same bus.',
        rw: 'Ubwishyu bwanyu bwaje imyanya yari yararekuwe. Twabahaye indi myanya yo mu rwego rumwe, mu modoka imwe.',
        fr: 'Votre paiement est arrivé après la libération de vos sièges. Nous vous en avons donné d’autres, de la même classe et dans le même bus.',
        sw: 'Malipo yako yalifika baada ya viti vyako kuachiliwa. Tumekupa viti vingine vya daraja hilo hilo kwenye basi hilo hilo.',
      },
      showCodes,
    ],
    facts,
    button: { label: words.showTickets, value: 'link' },
  },
  sample: sample(true),
})
