import type { FeedCall, FeedWindow } from '../feed.ts'
import { RowFault } from '../row.ts'
import { type Source, readTable } from '../rows.ts'

type Ids = ReadonlyMap<string, unknown>

/** Latest time that a timetable may name: three days after the service day began. */
const LATEST_SECONDS = 3 * 86_400

/** Reads stop_times.txt, in whatever order its rows are. */
export async function readStopTimes(source: Source, trips: Ids, stops: Ids) {
  const calls = new Map<string, FeedCall[]>()
  const rows = await readTable(source, 'stop_times.txt', ['trip_id', 'stop_id', 'stop_sequence'], (row) => {
    const [tripId, stopId] = [row.required('trip_id'), row.required('stop_id')]
    if (!trips.has(tripId)) throw new RowFault(`trip_id ${tripId} is not in trips.txt`)
    if (!stops.has(stopId)) throw new RowFault(`stop_id ${stopId} is not in stops.txt`)
    const sequence = row.integer('stop_sequence', 0, 1_000_000)
    if (sequence === undefined) throw new RowFault('stop_sequence is empty')
    const [arrivalSeconds, departureSeconds] = [row.time('arrival_time'), row.time('departure_time')]
    if (Math.max(arrivalSeconds ?? 0, departureSeconds ?? 0) > LATEST_SECONDS) {
      throw new RowFault('the time is more than three days after the service day')
    }
    const of = calls.get(tripId) ?? []
    of.push({
      line: row.line,
      sequence,
      stopId,
      arrivalSeconds,
      departureSeconds,
      pickupRefused: row.integer('pickup_type', 0, 3) === 1,
      dropOffRefused: row.integer('drop_off_type', 0, 3) === 1,
      distance: row.number('shape_dist_traveled', 0, 1e9),
    })
    calls.set(tripId, of)
  })
  for (const of of calls.values()) order(source, of)
  return { calls, rows }
}

function order({ report }: Source, calls: FeedCall[]): void {
  calls.sort((a, b) => a.sequence - b.sequence)
  for (const [i, { sequence, line }] of calls.entries()) {
    if (i > 0 && calls[i - 1]?.sequence === sequence) {
      report.fault('stop_times.txt', line, `stop_sequence ${sequence} is there twice for the trip`)
    }
  }
}

/** Reads frequencies.txt. */
export async function readFrequencies(source: Source, trips: Ids) {
  const windows = new Map<string, FeedWindow[]>()
  const columns = ['trip_id', 'start_time', 'end_time', 'headway_secs']
  const rows = await readTable(source, 'frequencies.txt', columns, (row) => {
    const tripId = row.required('trip_id')
    if (!trips.has(tripId)) throw new RowFault(`trip_id ${tripId} is not in trips.txt`)
    const [startSeconds, endSeconds] = [row.time('start_time'), row.time('end_time')]
    const headwaySeconds = row.integer('headway_secs', 30, 86_400)
    if (startSeconds === undefined || endSeconds === undefined || headwaySeconds === undefined) {
      throw new RowFault('start_time, end_time or headway_secs is empty')
    }
    if (endSeconds <= startSeconds) throw new RowFault('end_time is not after start_time')
    const of = windows.get(tripId) ?? []
    const overlap = of.find((other) => startSeconds < other.endSeconds && other.startSeconds < endSeconds)
    if (overlap) throw new RowFault(`overlaps the window of line ${overlap.line}`)
    of.push({ line: row.line, startSeconds, endSeconds, headwaySeconds })
    windows.set(tripId, of)
  })
  return { windows, rows }
}
