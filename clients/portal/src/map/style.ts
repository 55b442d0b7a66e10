import type { StyleSpecification } from 'maplibre-gl'
import type { Place } from './glide.ts'
import type { Look } from './look.ts'

/** What is drawn of a trip. */
export type Way = {
  readonly stops: readonly (Place & { readonly name: string })[]
  /** Along the road; straight from stop to stop where that is not known. */
  readonly line: readonly Place[]
  /** Towns beside the way, for the eye. */
  readonly towns: readonly (Place & { readonly name: string })[]
}

export const lngLat = ({ longitudeDegrees, latitudeDegrees }: Place): [number, number] => [
  longitudeDegrees,
  latitudeDegrees,
]

const points = (places: readonly Place[]) => ({
  type: 'geojson' as const,
  data: { type: 'MultiPoint' as const, coordinates: places.map(lngLat) },
})

/** A style that is all our own: no tiles, no letters, no pictures are fetched from anywhere. */
export function styleOf({ stops, line, towns }: Way, { ground, road, edge, stop }: Look): StyleSpecification {
  const rounded = { 'line-cap': 'round', 'line-join': 'round' } as const
  const circle = (radius: number, color: string, rim: string) => ({
    'circle-radius': radius,
    'circle-color': color,
    'circle-stroke-color': rim,
    'circle-stroke-width': 2,
  })
  return {
    version: 8,
    sources: {
      way: { type: 'geojson', data: { type: 'LineString', coordinates: line.map(lngLat) } },
      stops: points(stops),
      towns: points(towns),
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': ground } },
      { id: 'way-edge', type: 'line', source: 'way', layout: rounded, paint: { 'line-color': edge, 'line-width': 9 } },
      { id: 'way', type: 'line', source: 'way', layout: rounded, paint: { 'line-color': road, 'line-width': 5 } },
      { id: 'towns', type: 'circle', source: 'towns', paint: circle(3, ground, stop) },
      { id: 'stops', type: 'circle', source: 'stops', paint: circle(6, edge, stop) },
    ],
  }
}

/** The smallest frame around places, as south-west and north-east. */
export function boundsOf(places: readonly Place[]): [[number, number], [number, number]] {
  const [lngs, lats] = [places.map((one) => one.longitudeDegrees), places.map((one) => one.latitudeDegrees)]
  return [
    [Math.min(...lngs), Math.min(...lats)],
    [Math.max(...lngs), Math.max(...lats)],
  ]
}
