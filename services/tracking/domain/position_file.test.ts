import { expect, test } from 'vitest'
import { csvFile, type FiledPosition, gpxFile, type PositionFile } from './position_file.ts'

const at = (minutes: number, tripId?: string, altitudeMeters?: number): FiledPosition => ({
  busId: 'bus',
  tripId,
  source: 'DEVICE',
  sample: {
    sequence: minutes + 1,
    timeMs: Date.parse('2026-11-20T06:00:00Z') + minutes * 60_000,
    latitudeDegrees: -1.95,
    longitudeDegrees: 1e-7,
    altitudeMeters,
    doorOpen: false,
  },
})

const write = (file: PositionFile, ...parts: FiledPosition[][]) =>
  file.head + parts.map((part) => file.part(part)).join('') + file.tail()

test('CSV has a header, a line for each position, and nothing where nothing was measured', () => {
  expect(write(csvFile(), [at(0, 'trip', 1_500.5)])).toBe(
    'bus_id,trip_id,sample_time,latitude_degrees,longitude_degrees,accuracy_meters,speed_meters_per_second,' +
      'heading_degrees,altitude_meters,ignition_on,fuel_percent,engine_temperature_celsius,door_open,source\r\n' +
      'bus,trip,2026-11-20T06:00:00.000Z,-1.95,1e-7,,,,1500.5,,,,false,DEVICE\r\n',
  )
})

test('GPX has a segment for each trip and after each silence, across the parts that it is read in, and no exponents', () => {
  const gpx = write(gpxFile(), [at(0, 'a', 1_500), at(5, 'a')], [at(11, 'a')], [at(12, 'b')])
  const points = gpx.split('</trkseg><trkseg>').map((segment) => segment.match(/<trkpt/g)?.length)
  expect(points).toEqual([2, 1, 1])
  expect(gpx).toContain(
    '<trkpt lat="-1.95" lon="0.0000001"><ele>1500</ele><time>2026-11-20T06:00:00.000Z</time></trkpt>',
  )
  expect(gpx.match(/<trkseg>/g)?.length).toBe(gpx.match(/<\/trkseg>/g)?.length)
})

test('a file without positions is a whole file', () => {
  expect(write(gpxFile())).toMatch(/<trk><trkseg>\n<\/trkseg><\/trk>\n<\/gpx>\n$/)
  expect(write(csvFile()).trimEnd().split('\r\n')).toHaveLength(1)
})
