import { money } from '#kit'
import { describe, expect, test } from 'vitest'
import { type Call, hasLeft, holdEnd, quote, type RideForSale, saleBar, type Seat } from './ride.ts'
import { defaultTerms } from './sales_terms.ts'

const call = (sequence: number, departure: string): Call => ({
  sequence,
  stopId: `stop-${sequence}`,
  stopName: `Stop ${sequence}`,
  town: '',
  latitudeDegrees: 0,
  longitudeDegrees: 0,
  arrivalSeconds: 0,
  departureSeconds: 0,
  arrivalTime: new Date(departure),
  departureTime: new Date(departure),
  pickupAllowed: true,
  dropOffAllowed: true,
})

const seat = (label: string, seatClass: Seat['seatClass']): Seat => ({ label, seatClass, deck: 0, row: 0, column: 0 })

const ride: RideForSale = {
  trip: {
    tripId: 'trip',
    tenantId: 'tenant',
    companyName: 'Ikivu Coaches',
    routeName: 'Kigali - Huye',
    headsign: 'Huye',
    serviceDate: '2026-11-20',
    timeZone: 'Africa/Kigali',
    currency: 'RWF',
    busPlate: '',
    arrivalTime: new Date('2026-11-20T10:00:00Z'),
    delayMinutes: 0,
  },
  origin: call(0, '2026-11-20T08:00:00Z'),
  destination: call(2, '2026-11-20T10:00:00Z'),
  state: 'SCHEDULED',
  suspended: false,
  revision: 1n,
  fares: { STANDARD: 3100n, VIP: 4000n },
  seats: [seat('1A', 'VIP'), seat('3A', 'STANDARD'), seat('3B', 'STANDARD')],
  terms: defaultTerms,
}

describe('what can be sold', () => {
  const cutoffSeconds = 300
  const later = { ...ride, origin: call(1, '2026-11-20T09:00:00Z') }
  test.each<[string, RideForSale, string, string | undefined]>([
    ['an hour before departure', ride, '07:00:00', undefined],
    ['a second before sales close', ride, '07:54:59', undefined],
    ['when sales close, 5 minutes before departure', ride, '07:55:00', 'CLOSED'],
    ['a cancelled trip', { ...ride, state: 'CANCELLED' }, '07:00:00', 'CANCELLED'],
    ['a suspended company', { ...ride, suspended: true }, '07:00:00', 'SUSPENDED'],
    ['a bus that boards', { ...ride, state: 'BOARDING' }, '07:50:00', undefined],
    ['a bus that left early', { ...ride, state: 'DEPARTED' }, '07:50:00', 'CLOSED'],
    ['a bus under way, from a stop ahead', { ...later, state: 'DEPARTED' }, '08:10:00', undefined],
    ['a bus that arrived', { ...later, state: 'ARRIVED' }, '08:10:00', 'CLOSED'],
  ])('%s', (_, sold, time, bar) => {
    expect(saleBar(sold, new Date(`2026-11-20T${time}Z`), cutoffSeconds)).toBe(bar)
  })

  test('a hold lasts its time, but never past the departure', () => {
    expect(holdEnd(ride, new Date('2026-11-20T07:00:00Z'), 600)).toEqual(new Date('2026-11-20T07:10:00Z'))
    expect(holdEnd(ride, new Date('2026-11-20T07:54:00Z'), 600)).toEqual(new Date('2026-11-20T08:00:00Z'))
  })
})

describe('when the bus has left a stop', () => {
  const late = { ...ride, trip: { ...ride.trip, delayMinutes: 40 } }
  const ahead = { ...late, origin: call(1, '2026-11-20T09:00:00Z') }
  test.each<[string, RideForSale, string, boolean]>([
    ['at its time', ride, '08:00:00', true],
    ['a second before', ride, '07:59:59', false],
    ['a late one, at the time of the timetable', late, '08:00:00', false],
    ['a late one, when it is expected', late, '08:40:00', true],
    ['one that made up for a part of its delay', { ...late, state: 'DEPARTED' }, '08:20:00', true],
    ['a late one under way, at a stop ahead', { ...ahead, state: 'DEPARTED' }, '09:30:00', false],
    ['one that has arrived', { ...ahead, state: 'ARRIVED' }, '09:30:00', true],
  ])('%s', (_, waited, time, left) => {
    expect(hasLeft(waited, new Date(`2026-11-20T${time}Z`))).toBe(left)
  })
})

describe('prices', () => {
  test('every seat costs the fare of its class, and the total is their sum [S1-26][S2-110]', () => {
    const priced = quote(ride, ['3B', '1A'])
    expect(priced).toMatchObject({
      lines: [{ price: money('RWF', 3100n) }, { price: money('RWF', 4000n) }],
      total: money('RWF', 7100n),
    })
  })

  test.each<[string, RideForSale, string[], object]>([
    ['a seat that the bus has not', ride, ['3A', '9Z'], { fault: 'SEAT_UNKNOWN', label: '9Z' }],
    ['a seat named twice', ride, ['3A', '3A'], { fault: 'SEAT_REPEATED', label: '3A' }],
    [
      'no fare is not a fare of 0',
      { ...ride, fares: { STANDARD: 1n } },
      ['1A'],
      { fault: 'FARE_MISSING', seatClass: 'VIP' },
    ],
  ])('%s', (_, sold, labels, fault) => {
    expect(quote(sold, labels)).toEqual(fault)
  })
})
