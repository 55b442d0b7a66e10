/**
 * The part of a trip that a passenger rides: from call `from` to call `to`.
 *
 * Leg i runs from call i to call i+1, so this covers the legs `from` to `to - 1`: half-open, as PostgreSQL's ranges are.
 */
export type Legs = { readonly from: number; readonly to: number }

/** Whether there is a leg at all: a ride goes forward. */
export function isForward({ from, to }: Legs): boolean {
  return Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from < to
}

/** Whether two rides need the seat on the same leg. One may get off where the other gets on. */
export function overlap(a: Legs, b: Legs): boolean {
  return a.from < b.to && b.from < a.to
}

/** As PostgreSQL writes it: calls 0 to 3 are `[0,3)`. */
export function rangeText({ from, to }: Legs): string {
  return `[${from},${to})`
}

/** The numbers of the legs. */
export function legNumbers({ from, to }: Legs): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

/** A seat and the ride that it is claimed for. */
export type Claim = { readonly seatLabel: string; readonly legs: Legs }

/** The seats that nobody has claimed on any leg of a ride, in the order given. */
export function freeSeats<S extends { readonly label: string }>(
  seats: readonly S[],
  claims: readonly Claim[],
  ride: Legs,
): S[] {
  const taken = new Set(claims.filter((claim) => overlap(claim.legs, ride)).map((claim) => claim.seatLabel))
  return seats.filter((seat) => !taken.has(seat.label))
}
