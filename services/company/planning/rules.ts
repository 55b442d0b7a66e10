import type { Queries } from '#kit'
import type { PlanningRules } from '../domain/collisions.ts'
import { findRules } from '../store/planning.ts'

/** What a company asks for that never said anything. */
export const noRules: PlanningRules = {
  minTurnMinutes: 0,
  minBreakMinutes: 0,
  minRestMinutes: 0,
  maxDutyMinutes: 0,
  licenceRequired: false,
  licenceClasses: [],
}

/** The rules of a company as they are now. */
export async function rulesOf(tx: Queries, tenantId: string): Promise<PlanningRules> {
  return (await findRules(tx, tenantId)) ?? noRules
}

/** Until when the bus of a trip is not free for another. */
export function turnEnd(arrivalTime: Date, { minTurnMinutes }: PlanningRules): Date {
  return new Date(arrivalTime.getTime() + minTurnMinutes * 60_000)
}
