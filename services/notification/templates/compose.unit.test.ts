import { create } from '@bufbuild/protobuf'
import { describe, expect, test } from 'vitest'
import { TicketIssuedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { sizeOf } from '../domain/gsm7.ts'
import { bookingCancelled } from './booking_cancelled.ts'
import { compose } from './compose.ts'
import { oneTimeCode } from './one_time_code.ts'
import { sampleRide } from './ride.ts'
import { ticketIssued } from './ticket_issued.ts'

const url = 'https://tms.rw'
const booking = {
  ...sampleRide,
  bookingCode: 'K7QM2RXP',
  busPlate: 'RAC 123 A',
  tickets: [{ passengerName: 'Alice', seatLabel: '3B', code: 'TMS1:A' }],
}
const issued = create(TicketIssuedSchema, booking)
const sms = (language: string, event = issued) => compose(ticketIssued, event, 'SMS', language, url).text

describe('a ticket by text message names trip, seat and bus [S1-37]', () => {
  test.each([
    [
      'en',
      'Ikivu Coaches K7QM2RXP: Nyabugogo - Huye, Fri 20/11 08:00. Seat 3B. Bus RAC 123 A. Ticket: https://tms.rw/t/K7QM2RXP',
    ],
    [
      'rw',
      'Ikivu Coaches K7QM2RXP: Nyabugogo - Huye, Kuwa gatanu 20/11 08:00. Umwanya 3B. Bisi RAC 123 A. Itike: https://tms.rw/t/K7QM2RXP',
    ],
    [
      'fr',
      'Ikivu Coaches K7QM2RXP : Nyabugogo - Huye, ven 20/11 08:00. Siège 3B. Bus RAC 123 A. Billet : https://tms.rw/t/K7QM2RXP',
    ],
    [
      'sw',
      'Ikivu Coaches K7QM2RXP: Nyabugogo - Huye, Ijumaa 20/11 08:00. Kiti 3B. Basi RAC 123 A. Tiketi: https://tms.rw/t/K7QM2RXP',
    ],
  ])('in %s, in one part', (language, text) => {
    expect(sms(language)).toBe(text)
    expect(sizeOf(text)).toEqual({ isGsm7: true, segments: 1 })
  })

  test('in English for a language that we do not write', () => {
    expect(sms('de-AT')).toBe(sms('en'))
    expect(sms('fr-RW')).toBe(sms('fr'))
  })

  test('while no bus is chosen, without a plate; for several seats, in the plural', () => {
    const tickets = ['3A', '3B'].map((seatLabel) => ({ passengerName: 'A', seatLabel, code: 'TMS1:A' }))
    expect(sms('en', create(TicketIssuedSchema, { ...booking, busPlate: '', tickets }))).toBe(
      'Ikivu Coaches K7QM2RXP: Nyabugogo - Huye, Fri 20/11 08:00. Seats 3A, 3B. Ticket: https://tms.rw/t/K7QM2RXP',
    )
  })

  test('with accents of names taken off where they would double the price', () => {
    const text = sms('fr', create(TicketIssuedSchema, { ...booking, destination: 'Hôtel “Çyangugu” n’août' }))
    expect(text).toContain('Hotel "Çyangugu" n\'aout')
    expect(sizeOf(text).isGsm7).toBe(true)
  })
})

test('money is written as in the passenger’s language; without a refund none is promised', () => {
  const say = (language: string) => compose(bookingCancelled, bookingCancelled.sample, 'SMS', language, url).text
  expect(say('en')).toContain('We refund RWF 8,100 to')
  expect(say('fr')).toContain('Nous remboursons 8 100 RWF sur')
  const free = { ...bookingCancelled.sample, refund: undefined }
  expect(compose(bookingCancelled, free, 'SMS', 'en', url).text).toMatch(/is cancelled\.$/)
})

test('what people type cannot become HTML, a header or a line of its own', () => {
  const event = create(TicketIssuedSchema, {
    ...booking,
    origin: 'Kigali\r\nBcc: all@example.rw',
    tickets: [{ passengerName: '<script>alert(1)</script>', seatLabel: '"3B"', code: 'TMS1:A' }],
  })
  const mail = compose(ticketIssued, event, 'EMAIL', 'en', url)
  expect(mail.subject).toBe('Your ticket Kigali Bcc: all@example.rw - Huye, Friday 20 November 2026, 08:00')
  expect(mail.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; · &quot;3B&quot;')
  expect(mail.html).not.toContain('<script>')
})

test('a code is hidden in what is kept', () => {
  const message = compose(oneTimeCode, oneTimeCode.sample, 'SMS', 'rw', url)
  expect(message.text).toBe('482913 ni kode yawe ya TMS. Ntukayihe undi muntu.')
  expect(message.redactedText).toBe('****** ni kode yawe ya TMS. Ntukayihe undi muntu.')
})
