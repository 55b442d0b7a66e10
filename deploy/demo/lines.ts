import type { PlaceKey } from './places.ts'

/** A line of the demo network, outwards from Kigali; buses serve it both ways. */
export type Line = {
  readonly key: string
  readonly name: string
  readonly stops: readonly PlaceKey[]
  /** Fare that the regulator set for the whole line, in RWF. */
  readonly publishedFare: number
}

/** Where the fares of whole lines come from, and since when they count. */
export const FARE_SOURCE = 'RURA fares from 16 March 2024, umuseke.rw'
export const FARE_FROM_DATE = '2024-03-16'

/**
 * The five lines whose fares the regulator published one by one.
 *
 * Fares between places in between were not published: the demo takes their share of the whole line by distance and says
 * so in the fare's `source`.
 */
export const lines = {
  huye: {
    key: 'kigali-huye',
    name: 'Kigali - Huye',
    stops: ['nyabugogo', 'muhanga', 'ruhango', 'nyanza', 'huye'],
    publishedFare: 3_742,
  },
  rusizi: {
    key: 'kigali-rusizi',
    name: 'Kigali - Rusizi',
    stops: ['nyabugogo', 'muhanga', 'huye', 'nyamagabe', 'rusizi'],
    publishedFare: 8_450,
  },
  rubavu: {
    key: 'kigali-rubavu',
    name: 'Kigali - Musanze - Rubavu',
    stops: ['nyabugogo', 'musanze', 'rubavu'],
    publishedFare: 4_839,
  },
  nyagatare: {
    key: 'kigali-nyagatare',
    name: 'Kigali - Nyagatare',
    stops: ['nyabugogo', 'rwamagana', 'kayonza', 'nyagatare'],
    publishedFare: 4_956,
  },
  rusumo: {
    key: 'kigali-rusumo',
    name: 'Kigali - Ngoma - Rusumo',
    stops: ['nyabugogo', 'rwamagana', 'kayonza', 'ngoma', 'rusumo'],
    publishedFare: 5_190,
  },
} satisfies Record<string, Line>

/** A line by its key. */
export type LineKey = keyof typeof lines
