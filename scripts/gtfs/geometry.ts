import { haversineMeters, type LatLng } from '#kit'

/**
 * A path as an encoded polyline of 5 decimals.
 * Source: Google, "Encoded Polyline Algorithm Format", developers.google.com/maps/documentation/utilities/polylinealgorithm
 */
export function encodePolyline(points: readonly LatLng[]): string {
  let text = ''
  let [latitude, longitude] = [0, 0]
  for (const { latitudeDegrees, longitudeDegrees } of points) {
    const [nextLatitude, nextLongitude] = [Math.round(latitudeDegrees * 1e5), Math.round(longitudeDegrees * 1e5)]
    text += encodeSigned(nextLatitude - latitude) + encodeSigned(nextLongitude - longitude)
    latitude = nextLatitude
    longitude = nextLongitude
  }
  return text
}

/** The sign moves to the lowest bit; then five bits at a time, the lowest first, the sixth saying that more follow. */
function encodeSigned(value: number): string {
  let rest = value < 0 ? ~(value << 1) : value << 1
  let text = ''
  for (; rest >= 0x20; rest >>= 5) text += String.fromCharCode((0x20 | (rest & 0x1f)) + 63)
  return text + String.fromCharCode(rest + 63)
}

/** Metres from the first point to each point of a path. */
export function pathDistances(points: readonly LatLng[]): number[] {
  let meters = 0
  return points.map((point, i) => (meters += i === 0 ? 0 : haversineMeters(points[i - 1]!, point)))
}

/**
 * Metres along a path from the first stop to each stop: to the vertex nearest to it that is not behind the stop before.
 * Never decreases.
 */
export function distancesAlong(path: readonly LatLng[], stops: readonly LatLng[]): number[] {
  const meters = pathDistances(path)
  let from = 0
  const at = stops.map((stop, i) => {
    // A loop passes a place twice: leave a vertex for each stop still to come.
    const to = Math.max(from + 1, path.length - (stops.length - 1 - i))
    from = nearest(path, stop, from, to)
    return meters[from]!
  })
  return at.map((distance) => Math.round(distance - at[0]!))
}

function nearest(path: readonly LatLng[], place: LatLng, from: number, to: number): number {
  let best = from
  let least = Infinity
  // Degrees of longitude are shorter away from the equator; on the scale of a stop a plane does.
  const shrink = Math.cos((place.latitudeDegrees * Math.PI) / 180)
  for (let i = from; i < Math.min(to, path.length); i++) {
    const [north, east] = [
      path[i]!.latitudeDegrees - place.latitudeDegrees,
      (path[i]!.longitudeDegrees - place.longitudeDegrees) * shrink,
    ]
    const square = north * north + east * east
    if (square < least) [least, best] = [square, i]
  }
  return best
}

/** The points of an encoded polyline of 5 decimals. */
export function decodePolyline(text: string): LatLng[] {
  const values: number[] = []
  let [value, shift] = [0, 0]
  for (const char of text) {
    const bits = char.charCodeAt(0) - 63
    value |= (bits & 0x1f) << shift
    shift += 5
    if (bits >= 0x20) continue
    values.push(value & 1 ? ~(value >> 1) : value >> 1)
    ;[value, shift] = [0, 0]
  }
  const points: LatLng[] = []
  let [latitude, longitude] = [0, 0]
  for (let i = 0; i + 1 < values.length; i += 2) {
    latitude += values[i]!
    longitude += values[i + 1]!
    points.push({ latitudeDegrees: latitude / 1e5, longitudeDegrees: longitude / 1e5 })
  }
  return points
}
