import { expect, test } from 'vitest'
import { DayRows, dateOf, dayOf, rowHead } from './history_rows.ts'

const owner = {
  tenantId: '019a0000-0000-7000-8000-000000000001',
  busId: '019a0000-0000-7000-8000-000000000002',
  tripId: '019a0000-0000-7000-8000-000000000003',
  recordingId: '019a0000-0000-7000-8000-000000000004',
}
const bare = (id: string) => id.replaceAll('-', '')
const timeMs = Date.UTC(2026, 10, 20, 23, 59, 59, 999)
const measured = { sequence: 2 ** 53 - 1, timeMs, latitudeDegrees: -1.94, longitudeDegrees: 30.06 }

test('rows of bytes hold what was measured, however many they are, and say by null what was not', () => {
  const rows = new DayRows()
  const telematics = { ignitionOn: true, fuelPercent: 40.5, engineTemperatureCelsius: -12, doorOpen: false }
  const full = { accuracyMeters: 5, speedMetersPerSecond: 15.128, headingDegrees: 270, altitudeMeters: 1_500.25 }
  rows.add(rowHead(owner), { ...measured, ...full, ...telematics }, timeMs + 1)
  for (let i = 0; i < 500; i++) rows.add(rowHead({ ...owner, tripId: undefined }), measured, timeMs)
  const texts = rows.texts()
  expect([rows.count, texts.length]).toEqual([501, 501])
  const [tenantId, busId, tripId, recordingId] = Object.values(owner).map(bare)
  const time = '2026-11-20T23:59:59.999Z'
  const place = ['-1.94', '30.06']
  expect(texts[0]).toEqual([
    ...[tenantId, busId, tripId, recordingId, '9007199254740991', time, '2026-11-21T00:00:00.000Z', ...place],
    ...['5', `${Math.fround(15.13)}`, '270', '1500.25', 'true', '40.5', '-12', 'false'],
  ])
  const nothing = Array.from({ length: 8 }, () => null)
  const last = [tenantId, busId, null, recordingId, '9007199254740991', time, time, ...place, ...nothing]
  expect(texts.at(-1)).toEqual(last)
})

test('a position is in the day of its measurement', () => {
  expect([timeMs, timeMs + 1].map((ms) => dateOf(dayOf({ ...measured, timeMs: ms })))).toEqual([
    '2026-11-20',
    '2026-11-21',
  ])
})
