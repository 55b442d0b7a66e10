import { create } from '@bufbuild/protobuf'
import { type BusChanged, BusChangedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { noticeValues, sampleRide, toPassenger, untilDeparture } from './ride.ts'
import type { Say } from './say.ts'
import { template } from './template.ts'
import { words } from './words.ts'

/** Another bus runs than the one that was booked; where seats changed there are new tickets behind the same link. */

function busValues(event: BusChanged, say: Say) {
  const seats = event.changes.map(({ newSeatLabel }) => newSeatLabel)
  return {
    ...noticeValues(event, say),
    bookingCode: event.bookingCode,
    plate: event.newBusPlate,
    allSeats: seats.join(', '),
    // Empty where every seat is the same: then the text falls away.
    newSeats: event.tickets.length > 0 ? seats.join(', ') : '',
    link: say.link(`/t/${encodeURIComponent(event.bookingCode)}`),
    route: `${event.notice?.origin ?? ''} - ${event.notice?.destination ?? ''}`,
  }
}

export const busChanged = template({
  name: 'bus-changed',
  description: 'Another bus runs a booked trip: its plate, and the seats in it',
  event: BusChangedSchema,
  to: toPassenger,
  reference: ({ bookingCode }) => bookingCode,
  values: busValues,
  sms: {
    en: '{company} {bookingCode}: another bus runs {origin} - {destination}, {departure}: {plate}.[ New seats: {newSeats}.] Ticket: {link}',
    rw: '{company} {bookingCode}: bisi {origin} - {destination}, {departure} yahindutse: {plate}.[ Imyanya mishya: {newSeats}.] Itike: {link}',
    fr: '{company} {bookingCode} : autre bus pour {origin} - {destination}, {departure} : {plate}.[ Nouveaux sièges : {newSeats}.] Billet : {link}',
    sw: '{company} {bookingCode}: basi la {origin} - {destination}, {departure} limebadilika: {plate}.[ Viti vipya: {newSeats}.] Tiketi: {link}',
  },
  mail: {
    subject: {
      en: 'Another bus runs {origin} - {destination}, {departure}',
      rw: 'Bisi yahindutse: {origin} - {destination}, {departure}',
      fr: 'Changement de bus : {origin} - {destination}, {departure}',
      sw: 'Basi limebadilika: {origin} - {destination}, {departure}',
    },
    paragraphs: [
      {
        en: 'Your trip runs with another bus, {plate}.[ Your seats in it are {newSeats}; the codes sent before are no longer valid.]',
        rw: 'Urugendo rwanyu ruzakorwa n’indi bisi, {plate}.[ Imyanya yanyu ni {newSeats}; kode za mbere ntizigikora.]',
        fr: 'Votre voyage se fait avec un autre bus, {plate}.[ Vos sièges y sont {newSeats} ; les codes envoyés auparavant ne sont plus valables.]',
        sw: 'Safari yako itafanywa na basi lingine, {plate}.[ Viti vyako ni {newSeats}; misimbo ya awali haitumiki tena.]',
      },
    ],
    facts: [
      { label: words.booking, value: 'bookingCode' },
      { label: words.company, value: 'company' },
      { label: words.route, value: 'route' },
      { label: words.departure, value: 'departure' },
      { label: words.seats, value: 'allSeats' },
      { label: words.bus, value: 'plate' },
    ],
    button: { label: words.showTickets, value: 'link' },
  },
  usefulUntil: ({ notice }, now) => untilDeparture(notice ?? {}, now),
  // Who looks for the old plate misses the bus.
  repeatSmsAfterSeconds: 600,
  sample: create(BusChangedSchema, {
    bookingCode: 'K7QM2RXP',
    notice: sampleRide,
    oldBusPlate: 'RAC 123 A',
    newBusPlate: 'RAD 777 Z',
    changes: [
      { passengerName: 'Alice Uwimana', oldSeatLabel: '3A', newSeatLabel: '5A' },
      { passengerName: 'Jean Bosco', oldSeatLabel: '3B', newSeatLabel: '5B' },
    ],
    tickets: [
      { passengerName: 'Alice Uwimana', seatLabel: '5A', code: 'TMS1:SAMPLE A' },
      { passengerName: 'Jean Bosco', seatLabel: '5B', code: 'TMS1:SAMPLE B' },
    ],
  }),
})
