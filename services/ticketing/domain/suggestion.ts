/** A stop that fits what was typed, the best first. */
export type MatchedStop = {
  readonly stopId: string
  readonly tenantId: string
  readonly stopName: string
  readonly town: string
  readonly townKey: string
  /** Whether the town's name fits as well as the stop's. */
  readonly townFits: boolean
}

/** A place to choose from. */
export type Suggestion = {
  readonly kind: 'TOWN' | 'STOP'
  readonly label: string
  readonly town: string
  readonly stopId: string
  readonly tenantId: string
}

/** Places to choose from: each fitting town once, then the stops. */
export function suggest(matches: readonly MatchedStop[], limit: number): Suggestion[] {
  const towns = new Map<string, Suggestion>()
  for (const { townKey, town, townFits } of matches) {
    if (!townFits || townKey === '' || towns.has(townKey)) continue
    towns.set(townKey, { kind: 'TOWN', label: town, town, stopId: '', tenantId: '' })
  }
  const stops = matches.map(({ stopId, tenantId, stopName, town }): Suggestion => {
    const label = town === '' || town === stopName ? stopName : `${stopName}, ${town}`
    return { kind: 'STOP', label, town, stopId, tenantId }
  })
  return [...towns.values(), ...stops].slice(0, limit)
}
