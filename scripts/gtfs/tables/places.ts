import { isLatLng } from '#kit'
import type { FeedStop, ShapePoint } from '../feed.ts'
import { RowFault, type Row } from '../row.ts'
import { type Source, readTable } from '../rows.ts'

/** Location types that are a place where a bus stops: stop (also empty) and station. */
const STOPS = new Set([undefined, 0, 1])

/** Reads stops.txt. Entrances, nodes and boarding areas are left out. */
export async function readStops(source: Source) {
  const stops = new Map<string, FeedStop>()
  const rows = await readTable(source, 'stops.txt', ['stop_id'], (row) => {
    const stopId = row.required('stop_id')
    if (stops.has(stopId)) throw new RowFault(`stop_id ${stopId} is there twice`)
    if (!STOPS.has(row.integer('location_type', 0, 4))) return row.refused('entrances, nodes and boarding areas')
    stops.set(stopId, {
      line: row.line,
      stopId,
      code: row.text('stop_code'),
      name: row.required('stop_name'),
      ...placeOf(row, 'stop_lat', 'stop_lon'),
      zoneId: row.text('zone_id'),
      parentId: row.text('parent_station'),
    })
  })
  checkParents(source, stops)
  noteNames(source, stops)
  return { stops, rows }
}

/** Reads shapes.txt. */
export async function readShapes(source: Source) {
  const shapes = new Map<string, ShapePoint[]>()
  const columns = ['shape_id', 'shape_pt_lat', 'shape_pt_lon', 'shape_pt_sequence']
  const rows = await readTable(source, 'shapes.txt', columns, (row) => {
    const shapeId = row.required('shape_id')
    const sequence = row.integer('shape_pt_sequence', 0, Number.MAX_SAFE_INTEGER)
    if (sequence === undefined) throw new RowFault('shape_pt_sequence is empty')
    const points = shapes.get(shapeId) ?? []
    points.push({ sequence, ...placeOf(row, 'shape_pt_lat', 'shape_pt_lon') })
    shapes.set(shapeId, points)
  })
  for (const points of shapes.values()) points.sort((a, b) => a.sequence - b.sequence)
  return { shapes, rows }
}

function placeOf(row: Row, latitude: string, longitude: string) {
  const latitudeDegrees = row.number(latitude, -90, 90)
  const longitudeDegrees = row.number(longitude, -180, 180)
  if (latitudeDegrees === undefined || longitudeDegrees === undefined) {
    throw new RowFault(`${latitude} or ${longitude} is empty`)
  }
  // Null Island is where coordinates go that were never entered.
  if (Math.abs(latitudeDegrees) < 1e-4 && Math.abs(longitudeDegrees) < 1e-4) {
    throw new RowFault(`${latitude} and ${longitude} are 0: the place is not known`)
  }
  const place = { latitudeDegrees, longitudeDegrees }
  if (!isLatLng(place)) throw new RowFault(`${latitude} and ${longitude} are not on the globe`)
  return place
}

function checkParents({ report }: Source, stops: ReadonlyMap<string, FeedStop>): void {
  for (const { parentId, line } of stops.values()) {
    if (parentId !== '' && !stops.has(parentId)) {
      report.fault('stops.txt', line, `parent_station ${parentId} is not in stops.txt`)
    }
  }
}

/** Stops of one name are told apart by their code, when they have one. */
function noteNames({ report }: Source, stops: ReadonlyMap<string, FeedStop>): void {
  const byName = Map.groupBy(stops.values(), ({ name }) => name)
  for (const same of byName.values()) {
    for (const { line, code } of same.slice(1)) {
      const how = code === '' ? 'kept apart by id and place: no code' : 'told apart by code'
      report.mended(`stop name that repeats, ${how}`, 'stops.txt', line)
    }
  }
}
