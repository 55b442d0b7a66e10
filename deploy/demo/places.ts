/** A place of the demo network: the bus park of a town. */
export type Place = {
  readonly key: string
  readonly stop: string
  readonly town: string
  readonly otherNames: readonly string[]
  readonly location: { readonly latitudeDegrees: number; readonly longitudeDegrees: number }
}

function place(key: string, stop: string, town: string, at: readonly [number, number], ...otherNames: string[]): Place {
  return { key, stop, town, otherNames, location: { latitudeDegrees: at[0], longitudeDegrees: at[1] } }
}

/**
 * Bus parks of Rwanda.
 *
 * Places of towns: countries-states-cities-database (ODbL 1.0), to about a kilometre; Nyabugogo: RURA's GTFS feed of July
 * 2024. Those marked `approximate` are in neither and were placed by hand, to a few kilometres. Older names: those that
 * towns had before 2006 and that people still say.
 */
export const places = {
  nyabugogo: place('nyabugogo', 'Nyabugogo', 'Kigali', [-1.940645, 30.044477]),
  muhanga: place('muhanga', 'Muhanga Bus Park', 'Muhanga', [-2.07444, 29.75667], 'Gitarama'),
  // approximate
  ruhango: place('ruhango', 'Ruhango Bus Park', 'Ruhango', [-2.2325, 29.7803]),
  // approximate
  nyanza: place('nyanza', 'Nyanza Bus Park', 'Nyanza', [-2.3518, 29.7509], 'Nyabisindu'),
  huye: place('huye', 'Huye Bus Park', 'Huye', [-2.59667, 29.73944], 'Butare'),
  nyamagabe: place('nyamagabe', 'Nyamagabe Bus Park', 'Nyamagabe', [-2.479, 29.5564], 'Gikongoro'),
  rusizi: place('rusizi', 'Rusizi Bus Park', 'Rusizi', [-2.4846, 28.9075], 'Cyangugu', 'Kamembe'),
  musanze: place('musanze', 'Musanze Bus Park', 'Musanze', [-1.49984, 29.63497], 'Ruhengeri'),
  rubavu: place('rubavu', 'Rubavu Bus Park', 'Rubavu', [-1.70278, 29.25639], 'Gisenyi'),
  rwamagana: place('rwamagana', 'Rwamagana Bus Park', 'Rwamagana', [-1.9487, 30.4347]),
  // approximate
  kayonza: place('kayonza', 'Kayonza Bus Park', 'Kayonza', [-1.9, 30.5]),
  // approximate
  nyagatare: place('nyagatare', 'Nyagatare Bus Park', 'Nyagatare', [-1.2978, 30.3275]),
  ngoma: place('ngoma', 'Ngoma Bus Park', 'Ngoma', [-2.1597, 30.5427], 'Kibungo'),
  // approximate
  rusumo: place('rusumo', 'Rusumo Border', 'Rusumo', [-2.38, 30.7833], 'Kirehe'),
}

/** A place by its key. */
export type PlaceKey = keyof typeof places
