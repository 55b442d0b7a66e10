import { create } from '@bufbuild/protobuf'
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type TripChoiceOffered, TripChoiceOfferedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { aDayLater, noticeValues, sampleRide, toPassenger } from './ride.ts'
import type { Say } from './say.ts'
import { template } from './template.ts'
import { words } from './words.ts'

/** The bus does not run; seats on the next one are kept until the passenger has chosen. */

function choiceValues(event: TripChoiceOffered, say: Say) {
  const { timeZone = '', origin = '', destination = '' } = event.notice ?? {}
  return {
    ...noticeValues(event, say),
    bookingCode: event.bookingCode,
    newDeparture: say.instant(event.replacementDepartureTime, timeZone),
    deadline: say.instant(event.deadlineTime, timeZone),
    refund: say.money(event.refund),
    reason: event.reason,
    link: say.link(`/t/${encodeURIComponent(event.bookingCode)}`),
    route: `${origin} - ${destination}`,
  }
}

export const tripChoice = template({
  name: 'trip-choice',
  description: 'The bus does not run: the passenger may ride on the next one, or gets the money back',
  event: TripChoiceOfferedSchema,
  to: toPassenger,
  reference: ({ bookingCode }) => bookingCode,
  values: choiceValues,
  sms: {
    en: '{company}: sorry, the bus {origin} - {destination}, {departure} will not run. We keep your seats on {newDeparture}. Take them before {deadline}, code {bookingCode}: {link} Else we refund {refund}.',
    rw: '{company}: mutwihanganire, bisi {origin} - {destination}, {departure} ntikigenda. Twababikiye imyanya {newDeparture}. Yemeze mbere ya {deadline}, kode {bookingCode}: {link} Cyangwa musubizwe {refund}.',
    fr: '{company} : désolés, le bus {origin} - {destination}, {departure} ne part pas. Places gardées {newDeparture}. A confirmer avant {deadline}, code {bookingCode} : {link} Sinon, {refund} remboursés.',
    sw: '{company}: samahani, basi {origin} - {destination}, {departure} halitasafiri. Tumekuwekea viti {newDeparture}. Vikubali kabla ya {deadline}, msimbo {bookingCode}: {link} Au urudishiwe {refund}.',
  },
  mail: {
    subject: {
      en: 'Please choose: your bus {origin} - {destination}, {departure} will not run',
      rw: 'Hitamo: bisi yanyu {origin} - {destination}, {departure} ntikigenda',
      fr: 'À vous de choisir : votre bus {origin} - {destination}, {departure} ne part pas',
      sw: 'Tafadhali chagua: basi lako {origin} - {destination}, {departure} halitasafiri',
    },
    paragraphs: [
      {
        en: 'We are sorry: this bus will not run. Seats on the next one are kept for you; take them before {deadline}, or have {refund} back. Without an answer we refund you.',
        rw: 'Mutwihanganire: iyi bisi ntikigenda. Twababikiye imyanya mu itaha; yemeze mbere ya {deadline}, cyangwa musubizwe {refund}. Mutadusubije, tuzabasubiza amafaranga.',
        fr: 'Nous sommes désolés : ce bus ne part pas. Des places vous sont gardées dans le suivant ; confirmez-les avant {deadline}, ou soyez remboursé de {refund}. Sans réponse, nous vous remboursons.',
        sw: 'Samahani: basi hili halitasafiri. Tumekuwekea viti katika basi linalofuata; vikubali kabla ya {deadline}, au urudishiwe {refund}. Usipojibu, tutakurudishia.',
      },
    ],
    facts: [
      { label: words.booking, value: 'bookingCode' },
      { label: words.company, value: 'company' },
      { label: words.route, value: 'route' },
      { label: words.departure, value: 'departure' },
      { label: words.newDeparture, value: 'newDeparture' },
      { label: words.chooseUntil, value: 'deadline' },
      { label: words.reason, value: 'reason' },
      { label: words.refund, value: 'refund' },
    ],
    button: { label: words.choose, value: 'link' },
  },
  usefulUntil: ({ deadlineTime }, now) => (deadlineTime ? timestampDate(deadlineTime) : aDayLater(now)),
  // Who does not hear of it stands at the station in vain.
  repeatSmsAfterSeconds: 600,
  sample: create(TripChoiceOfferedSchema, {
    bookingCode: 'K7QM2RXP',
    notice: sampleRide,
    reason: 'Landslide at Muhanga',
    replacementDepartureTime: timestampFromDate(new Date('2026-11-20T09:00:00Z')),
    deadlineTime: timestampFromDate(new Date('2026-11-20T08:55:00Z')),
    refund: { currencyCode: 'RWF', units: 9000n },
  }),
})
