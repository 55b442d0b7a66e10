import type { LatLng } from '#kit'

/**
 * The points of an encoded polyline of 5 decimals; those before the fault when it is not well made.
 * Source: Google, "Encoded Polyline Algorithm Format", developers.google.com/maps/documentation/utilities/polylinealgorithm
 */
export function decodePolyline(text: string): LatLng[] {
  const points: LatLng[] = []
  let [at, latitude, longitude] = [0, 0, 0]
  const next = () => {
    let [value, shift] = [0, 0]
    for (;;) {
      const bits = text.charCodeAt(at++) - 63
      if (!(bits >= 0 && bits < 64) || shift > 25) return undefined
      value |= (bits & 0x1f) << shift
      shift += 5
      if (bits < 0x20) return value & 1 ? ~(value >> 1) : value >> 1
    }
  }
  while (at < text.length) {
    const [north, east] = [next(), next()]
    if (north === undefined || east === undefined) return points
    latitude += north
    longitude += east
    points.push({ latitudeDegrees: latitude / 1e5, longitudeDegrees: longitude / 1e5 })
  }
  return points
}
