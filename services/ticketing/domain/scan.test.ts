import { expect, test } from 'vitest'
import { judgeScan, type OfflineScan, type ScannedTicket, type ScanVerdict } from './scan.ts'

const ticket: ScannedTicket = {
  ticketId: 'ticket',
  tripId: 'trip',
  code: 'TMS1:GOOD',
  state: 'ISSUED',
  fromSequence: 1,
  toSequence: 3,
  boardScanId: undefined,
}
const scan: OfflineScan = { scanId: 'scan', ticketId: 'ticket', code: 'TMS1:GOOD', tripId: 'trip', stopSequence: 1 }

const cases: [string, Partial<OfflineScan>, Partial<ScannedTicket> | undefined, ScanVerdict][] = [
  ['a good ticket boards', {}, {}, 'BOARDED'],
  ['so does one picked from the manifest', { code: '' }, {}, 'BOARDED'],
  ['and one at a later stop of its ride', { stopSequence: 2 }, {}, 'BOARDED'],
  ['a ticket that nobody issued is forged', {}, undefined, 'FORGED'],
  ['so is one whose code is another', { code: 'TMS1:BAD' }, {}, 'FORGED'],
  ['a void ticket is void, wherever it is shown', { tripId: 'other' }, { state: 'VOID' }, 'VOID'],
  ['another trip comes before another leg', { tripId: 'other', stopSequence: 0 }, {}, 'WRONG_TRIP'],
  ['before the first stop of the ride is another leg', { stopSequence: 0 }, {}, 'WRONG_LEG'],
  ['at its last stop as well', { stopSequence: 3 }, {}, 'WRONG_LEG'],
  ['boarded by another scan is a double', {}, { state: 'BOARDED', boardScanId: 'other' }, 'DOUBLE'],
  ['boarded by this very scan is no double', {}, { state: 'BOARDED', boardScanId: 'scan' }, 'BOARDED'],
  ['who missed the bus by our books did not', {}, { state: 'NO_SHOW' }, 'REINSTATE'],
]

test.each(cases)('of scans made without a network: %s', (_, of, as, verdict) => {
  expect(judgeScan({ ...scan, ...of }, as && { ...ticket, ...as })).toBe(verdict)
})
