/** A place on the WGS 84 ellipsoid, in decimal degrees; north and east are positive. */
export type LatLng = { readonly latitudeDegrees: number; readonly longitudeDegrees: number }

/** Mean radius of the Earth (IUGG), metres. */
const earthRadiusMeters = 6_371_008.8

/** Whether both coordinates are numbers on the globe: latitude in [-90, 90], longitude in [-180, 180]. */
export function isLatLng(place: LatLng): boolean {
  return Math.abs(place.latitudeDegrees) <= 90 && Math.abs(place.longitudeDegrees) <= 180
}

/**
 * Makes a place of two numbers.
 *
 * @throws {RangeError} when a coordinate is off the globe or not a number.
 */
export function latLng(latitudeDegrees: number, longitudeDegrees: number): LatLng {
  const place = { latitudeDegrees, longitudeDegrees }
  if (!isLatLng(place)) throw new RangeError(`(${latitudeDegrees}, ${longitudeDegrees}) is not a place on the globe`)
  return place
}

/**
 * Great-circle distance in metres, on the mean Earth radius of 6,371,008.8 m (IUGG).
 *
 * Within 0.6 % of the WGS 84 ellipsoid: enough for "the bus is near the stop", not for billing by distance.
 * Source: R. W. Sinnott, "Virtues of the Haversine", Sky & Telescope 68 (1984), p. 159.
 *
 * @throws {RangeError} when a coordinate is off the globe.
 */
export function haversineMeters(a: LatLng, b: LatLng): number {
  if (!isLatLng(a) || !isLatLng(b)) throw new RangeError('a distance needs two places on the globe')
  const latitudeA = radians(a.latitudeDegrees)
  const latitudeB = radians(b.latitudeDegrees)
  const h =
    haversine(latitudeB - latitudeA) +
    Math.cos(latitudeA) * Math.cos(latitudeB) * haversine(radians(b.longitudeDegrees - a.longitudeDegrees))
  // Rounding may lift h of two opposite points just above 1, where asin has no value.
  return 2 * earthRadiusMeters * Math.asin(Math.sqrt(Math.min(1, h)))
}

const radians = (degrees: number) => (degrees * Math.PI) / 180

const haversine = (angle: number) => Math.sin(angle / 2) ** 2
