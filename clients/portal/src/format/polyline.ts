import { decode } from '@googlemaps/polyline-codec'
import type { Place } from '../map/glide.ts'

/** The points of an encoded polyline of 5 decimals; none of an empty one. */
export function pointsOf(polyline: string): Place[] {
  return decode(polyline, 5).map(([latitudeDegrees, longitudeDegrees]) => ({ latitudeDegrees, longitudeDegrees }))
}
