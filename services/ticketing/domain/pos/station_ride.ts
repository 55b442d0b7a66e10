/** A call of a trip, as far as a station needs it. */
export type StationCall = {
  readonly sequence: number
  readonly stopId: string
  readonly pickupAllowed: boolean
  readonly dropOffAllowed: boolean
}

/** Where passengers of a station get on, and where they may get off. */
export type StationRide = { readonly fromSequence: number; readonly toSequences: readonly number[] }

/**
 * The ride that a station sells on a trip: from its first call where somebody is taken up, to every later one where
 * somebody is set down.
 *
 * @param last where its passengers get off at the latest; 0 for the end of the trip
 * @returns 'NOT_SERVED' when the trip takes nobody up at the station; 'LEGS_INVALID' when it sets nobody down up to `last`
 */
export function stationRide(
  calls: readonly StationCall[],
  stationStopId: string,
  last: number,
): StationRide | 'NOT_SERVED' | 'LEGS_INVALID' {
  const origin = calls.find((call) => call.stopId === stationStopId && call.pickupAllowed)
  if (!origin) return 'NOT_SERVED'
  const toSequences = calls
    .filter((call) => call.sequence > origin.sequence && call.dropOffAllowed && (last === 0 || call.sequence <= last))
    .map((call) => call.sequence)
  return toSequences.length === 0 ? 'LEGS_INVALID' : { fromSequence: origin.sequence, toSequences }
}
