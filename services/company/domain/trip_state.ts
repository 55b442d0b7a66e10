/** Where a trip stands; the names of the contract's enum. */
export type TripStateName = 'SCHEDULED' | 'BOARDING' | 'DEPARTED' | 'ARRIVED' | 'CANCELLED'

/** Where a trip may go from each state. Whoever is on board cannot be cancelled. */
const transitions: Readonly<Record<TripStateName, readonly TripStateName[]>> = {
  SCHEDULED: ['BOARDING', 'CANCELLED'],
  BOARDING: ['DEPARTED', 'CANCELLED'],
  DEPARTED: ['ARRIVED'],
  ARRIVED: [],
  CANCELLED: [],
}

/** Whether a trip may go from one state to another. */
export function mayGo(from: TripStateName, to: TripStateName): boolean {
  return transitions[from].includes(to)
}

/** States in which bus, driver and fares of a trip may still change: it has not left. */
export const editableStates: readonly TripStateName[] = ['SCHEDULED', 'BOARDING']

/** Whether a trip may still be edited. */
export function isEditable(state: TripStateName): boolean {
  return editableStates.includes(state)
}
