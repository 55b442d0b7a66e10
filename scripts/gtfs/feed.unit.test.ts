import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { archiveLimits, openArchive } from './archive.ts'
import { distancesAlong, encodePolyline } from './geometry.ts'
import { networkOf } from './network.ts'
import { readFeed } from './read.ts'
import { FeedRefused, Report } from './report.ts'

const KIGALI = '../shared/data/gtfs-kigali-2024/kigali_rura_2024-07.zip'
const NAIROBI = '../shared/data/gtfs-nairobi-2019/nairobi_digital_matatus_2019.zip'
const RAILWAYS = '../shared/data/gtfs-kenya-railways-2024/kenya_railways_2024-07.zip'

/** A feed of one line, two trips, in the fewest words. */
const small: Readonly<Record<string, string>> = {
  'agency.txt': 'agency_name,agency_url,agency_timezone\nIkivu,https://ikivu.example,Africa/Kigali\n',
  'stops.txt':
    'stop_id,stop_name,stop_lat,stop_lon\nA,Nyabugogo,-1.94,30.04\nB,Muhanga,-2.08,29.75\nC,Huye,-2.59,29.74\n',
  'routes.txt': 'route_id,route_long_name,route_type\nR,Kigali - Huye,3\n',
  'calendar.txt':
    'service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nD,1,1,1,1,1,1,1,20260101,20271231\n',
  'trips.txt': 'route_id,service_id,trip_id\nR,D,T1\nR,D,T2\n',
  'stop_times.txt':
    'trip_id,arrival_time,departure_time,stop_id,stop_sequence\n' +
    'T1,8:00:00,8:00:00,A,1\nT1,9:10:00,9:15:00,B,2\nT1,11:00:00,11:00:00,C,3\n' +
    'T2,22:30:00,22:30:00,A,1\nT2,,,B,5\nT2,25:30:00,25:30:00,C,9\n',
}

async function zipped(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name)
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function read(source: string | Buffer, currency = 'RWF') {
  const report = new Report()
  const archive = await openArchive(source, report)
  try {
    const feed = await readFeed(archive, report, () => undefined)
    return { feed, report, network: networkOf(feed, currency, report) }
  } finally {
    archive.close()
  }
}

const changed = (changes: Record<string, string | undefined>) =>
  zipped(
    Object.fromEntries(
      Object.entries({ ...small, ...changes }).filter((entry) => entry[1] !== undefined),
    ) as typeof small,
  )

const refusalOf = (source: string | Buffer) =>
  read(source).then(
    () => 'taken',
    (err: unknown) => (err instanceof FeedRefused ? err.message : `unforeseen: ${String(err)}`),
  )

const notes = (list: readonly { what: string; count: number }[], part: string) =>
  list.filter(({ what }) => what.includes(part)).reduce((sum, { count }) => sum + count, 0)

test('a small feed becomes stops, a route, one pattern and two schedules; a night trip passes 24:00', async () => {
  const { network, report } = await read(await zipped(small))
  expect(network.counts).toEqual({ stops: 3, routes: 1, patterns: 1, calendars: 1, schedules: 2, fares: 0 })
  const schedules = network.parts.flatMap((part) => part.schedules ?? [])
  expect(schedules.map(({ departures }) => departures?.startSeconds)).toEqual([8 * 3600, 22.5 * 3600])
  expect(schedules[1]?.calls?.map(({ arrivalSeconds }) => arrivalSeconds)).toEqual([0, 1.5 * 3600, 3 * 3600])
  expect(notes(report.mendedNotes, 'one-digit hour')).toBe(4)
  expect(notes(report.mendedNotes, 'spread evenly')).toBe(1)
})

describe('a feed that cannot be taken is refused with file and line', () => {
  test.each<[string, Record<string, string | undefined>, string]>([
    ['a missing file', { 'stops.txt': undefined }, 'stops.txt: is missing from the feed'],
    [
      'no calendar at all',
      { 'calendar.txt': undefined },
      'calendar.txt or calendar_dates.txt: is missing from the feed',
    ],
    ['an empty file', { 'trips.txt': '' }, 'trips.txt line 1: is empty'],
    ['a missing column', { 'routes.txt': 'id\nR\n' }, 'routes.txt line 1: the column route_id is missing'],
    [
      'a time that is none',
      { 'stop_times.txt': small['stop_times.txt']!.replace('9:10:00', '9:61:00') },
      'stop_times.txt line 3: arrival_time "9:61:00" is not a time HH:MM:SS',
    ],
    [
      'a time that goes back',
      { 'stop_times.txt': small['stop_times.txt']!.replace('9:10:00,9:15:00', '7:10:00,7:15:00') },
      'stop_times.txt line 3: arrival is before the departure of the stop before',
    ],
    [
      'a first stop without time',
      { 'stop_times.txt': small['stop_times.txt']!.replace('22:30:00,22:30:00', ',') },
      'stop_times.txt line 5: the first and the last stop of a trip need times',
    ],
    [
      'a stop that is not there',
      { 'stop_times.txt': small['stop_times.txt']!.replace('B,5', 'X,5') },
      'stop_times.txt line 6: stop_id X is not in stops.txt',
    ],
    [
      'a place off the globe',
      { 'stops.txt': small['stops.txt']!.replace('-2.08', '-200') },
      'stops.txt line 3: stop_lat -200 is not from -90 to 90',
    ],
    [
      'a place that was never entered',
      { 'stops.txt': small['stops.txt']!.replace('-2.08,29.75', '0,0') },
      'stops.txt line 3: stop_lat and stop_lon are 0: the place is not known',
    ],
    ['an id twice', { 'trips.txt': `${small['trips.txt']}R,D,T1\n` }, 'trips.txt line 4: trip_id T1 is there twice'],
    [
      'a row with a field too few',
      { 'trips.txt': 'route_id,service_id,trip_id\nR,D\n' },
      'trips.txt line 2: 2 fields where the header has 3',
    ],
    [
      'a day that does not exist',
      { 'calendar.txt': small['calendar.txt']!.replace('20271231', '20270231') },
      'calendar.txt line 2: end_date "20270231" is not a date YYYYMMDD',
    ],
    [
      'windows that overlap',
      {
        'frequencies.txt':
          'trip_id,start_time,end_time,headway_secs\nT1,6:00:00,9:00:00,300\nT1,8:00:00,10:00:00,600\n',
      },
      'frequencies.txt line 3: overlaps the window of line 2',
    ],
    [
      'a price finer than the franc',
      { 'fare_attributes.txt': 'fare_id,price,currency_type\nF,100.50,RWF\n' },
      'fare_attributes.txt line 2: price 100.50 is finer than RWF allows',
    ],
    [
      'a stray quote',
      { 'trips.txt': 'route_id,service_id,trip_id\nR,D,"T1\nR,D,T2\n' },
      'trips.txt line 3: is not CSV (Quote Not Closed',
    ],
  ])('%s', async (_, changes, refusal) => {
    expect(await refusalOf(await changed(changes))).toContain(refusal)
  })

  test('several faults are told at once, but never a million', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `S${i},Stop,north,30`).join('\n')
    const lines = (
      await refusalOf(await changed({ 'stops.txt': `stop_id,stop_name,stop_lat,stop_lon\n${rows}\n` }))
    ).split('\n')
    expect(lines).toHaveLength(20)
    expect(lines[19]).toBe('stops.txt line 21: stop_lat "north" is not a number')
  })
})

describe('what is no feed is refused in bounded memory', () => {
  test('a file that is not there, no zip, half a zip', async () => {
    expect(await refusalOf('/nowhere/feed.zip')).toContain('there is no such file')
    expect(await refusalOf(randomBytes(100_000))).toContain('is not a zip that can be read')
    const whole = await zipped(small)
    expect(await refusalOf(whole.subarray(0, whole.length / 2))).toContain('is not a zip that can be read')
  })

  test('a zip whose content was damaged', async () => {
    const bytes = await zipped({ ...small, 'stops.txt': small['stops.txt']! + randomBytes(4000).toString('hex') })
    bytes.fill(0, 200, 700)
    expect(await refusalOf(bytes)).toMatch(/is not a zip|cannot be unpacked|is not CSV|is missing|fields where/)
  })

  test('100 MB of garbage', async () => {
    const garbage = Buffer.alloc(100 * 1024 * 1024, randomBytes(64 * 1024))
    const before = process.memoryUsage().rss
    expect(await refusalOf(await zipped({ ...small, 'stops.txt': garbage }))).toMatch(/^stops.txt/)
    expect(await refusalOf(garbage)).toContain('is not a zip that can be read')
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 * 1024) // the garbage itself, its zip, a margin
  }, 60_000)

  test('a zip that unpacks to more than the limit is refused before it is unpacked', async () => {
    const bomb = await zipped({ ...small, 'shapes.txt': Buffer.alloc(64 * 1024 * 1024) })
    expect(bomb.length).toBeLessThan(100_000)
    const opened = openArchive(bomb, new Report(), { ...archiveLimits, maxUnpackedBytes: 32 * 1024 * 1024 })
    await expect(opened).rejects.toThrow('unpacks to more than 32 MB')
    expect(await refusalOf(bomb)).toContain('shapes.txt line') // within the limit it is no table
  })

  test('a zip that lies about its size is refused when the lie shows', async () => {
    const bytes = await zipped({ ...small, 'agency.txt': small['agency.txt']! + ' '.repeat(50_000) })
    const at = bytes.indexOf(Buffer.from('PK\x01\x02'))
    bytes.writeUInt32LE(100, at + 24) // the uncompressed size in the table of contents
    expect(await refusalOf(bytes)).toContain('cannot be unpacked')
  })
})

describe('fares between zones', () => {
  const zones = {
    'stops.txt': 'stop_id,stop_name,stop_lat,stop_lon,zone_id\nA,A,-1.9,30,1\nB,B,-2,30,2\nC,C,-2.5,30,2\n',
  }
  test('a fare fits every ride between its zones, the cheapest counts, a ride without one has none', async () => {
    const fares = {
      'fare_attributes.txt': 'fare_id,price,currency_type\ndear,500,RWF\ncheap,400,RWF\nshillings,1,KES\n',
      'fare_rules.txt': 'fare_id,origin_id,destination_id\ndear,1,2\ncheap,1,2\nshillings,2,2\n',
    }
    const { network, report } = await read(await changed({ ...zones, ...fares }))
    const priced = network.parts.flatMap((part) => part.fares ?? [])
    expect(priced.map((fare) => [fare.fromStopKey, fare.toStopKey, fare.price?.units])).toEqual([
      ['A', 'B', 400n],
      ['A', 'C', 400n],
    ])
    expect(notes(report.refusedNotes, 'fare in KES: the company sells in RWF')).toBe(1)
  })
})

test("a path is encoded as the format's own example is", () => {
  const example = [
    [38.5, -120.2],
    [40.7, -120.95],
    [43.252, -126.453],
  ].map(([latitudeDegrees = 0, longitudeDegrees = 0]) => ({ latitudeDegrees, longitudeDegrees }))
  expect(encodePolyline(example)).toBe('_p~iF~ps|U_ulLnnqC_mqNvxq`@')
})

test('distances along a path never go back, not even where it passes a place twice', () => {
  const there = Array.from({ length: 11 }, (_, i) => ({ latitudeDegrees: i / 100, longitudeDegrees: 30 }))
  const path = [...there, ...there.toReversed()]
  const stops = [there[0]!, there[5]!, there[10]!, there[5]!, there[0]!]
  const meters = distancesAlong(path, stops)
  expect(meters).toEqual([...meters].sort((a, b) => a - b))
  expect(Math.round(meters[4]! / 100)).toBe(222)
})

const present = existsSync(KIGALI)
if (!present) console.log('skipped: the real feeds are not in ../shared/data')
describe.skipIf(!present)('real feeds give exactly what they hold', () => {
  test('Kigali: 60 routes, 523 stops, 120 trips, and no departure is invented', async () => {
    const { feed, network, report } = await read(KIGALI)
    expect(feed.rows).toMatchObject({
      'routes.txt': 60,
      'stops.txt': 523,
      'trips.txt': 120,
      'stop_times.txt': 1698,
      'shapes.txt': 29558,
    })
    expect(network.counts).toMatchObject({ routes: 60, stops: 523, schedules: 120, fares: 0 })
    expect(network.schedulesWithoutDepartures).toBe(120)
    expect(notes(report.refusedNotes, 'no departure times: no trips are generated')).toBe(120)
    expect(notes(report.mendedNotes, 'stop that no trip calls at')).toBe(52)
    expect(notes(report.mendedNotes, 'stop name that repeats')).toBe(99)
  })

  test('Nairobi: 792 windows for 264 trips, eight without are told, one-digit hours are read', async () => {
    const { feed, network, report } = await read(NAIROBI)
    expect(feed.rows).toMatchObject({
      'routes.txt': 136,
      'stops.txt': 4284,
      'trips.txt': 272,
      'stop_times.txt': 7533,
      'frequencies.txt': 792,
    })
    expect(network.counts).toMatchObject({ routes: 136, stops: 4284, schedules: 272 })
    expect(network.schedulesWithoutDepartures).toBe(8)
    expect(notes(report.refusedNotes, 'no departure times')).toBe(8)
    expect(notes(report.mendedNotes, 'one-digit hour')).toBe(2 * 7533)
    expect(notes(report.mendedNotes, 'stop that no trip calls at')).toBe(11)
    expect(notes(report.mendedNotes, 'stop name that repeats')).toBe(1810)
  })

  test('Kenya Railways: 92 fares, the night train at 27:35, spaces before longitudes', async () => {
    const { feed, network, report } = await read(RAILWAYS, 'KES')
    expect(feed.rows).toMatchObject({ 'stops.txt': 15, 'trips.txt': 12, 'stop_times.txt': 52, 'fare_rules.txt': 92 })
    expect(network.counts).toMatchObject({ stops: 15, routes: 1, schedules: 12, fares: 92 })
    expect(notes(report.mendedNotes, 'space around stop_lon')).toBe(15)
    const night = network.parts.flatMap((part) => part.schedules ?? []).find(({ key }) => key === 'trip_003')
    expect(night?.departures?.startSeconds).toBe(22 * 3600)
    expect(night?.calls?.at(-1)?.arrivalSeconds).toBe((27 - 22) * 3600 + 35 * 60)
  })
})
