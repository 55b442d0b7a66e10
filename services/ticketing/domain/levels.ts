import type { Level, SoldLevel } from './sales_terms.ts'

/** Seats of a class on one leg: how many there are, and how many are sold or held. */
export type LegLoad = { readonly leg: number; readonly seats: number; readonly taken: number }

/** How many seats of a class a level leaves to those who pay more. */
export function protectedSeats(level: SoldLevel, seats: number): number {
  return Math.ceil((seats * level.protectedPercent) / 100)
}

/** Whether a level may be sold: on every leg at least the protected seats stay free. `taken` has the party's own seats in it. */
export function isWithin(level: SoldLevel, loads: readonly LegLoad[]): boolean {
  return loads.every(({ seats, taken }) => seats - taken >= protectedSeats(level, seats))
}

/**
 * The cheapest level that a party may be sold on a ride; undefined when only the full fare is left.
 *
 * Levels are nested: what a level leaves free can be had by every dearer one, so a dearer level is open whenever a cheaper
 * one is. A party is sold at one level or at the next dearer one, never at two.
 *
 * @param levels from the dearest to the cheapest
 * @param loads every leg of the ride, before the party
 * Source: K. Talluri, G. van Ryzin, "The Theory and Practice of Revenue Management" (2004), section 2.1.1.2.
 */
export function openLevel(levels: readonly Level[], loads: readonly LegLoad[], party: number): Level | undefined {
  const after = loads.map((load) => ({ ...load, taken: load.taken + party }))
  return levels.findLast((level) => isWithin(level, after))
}
