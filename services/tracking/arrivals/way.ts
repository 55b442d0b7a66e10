import type { Ctx } from '../context.ts'
import type { LegHistory, LegTime, Plan } from '../domain/arrivals/predict.ts'
import { decodePolyline } from '../domain/arrivals/polyline.ts'
import { type Shape, shapeOf } from '../domain/arrivals/shape.ts'
import { findPath, type Journey, keepPath } from '../store/journeys.ts'
import { ALL_HOURS, type LegRow } from '../store/legs.ts'

/** The way of a trip. Company is asked once for each pattern; while it does not answer, the way is straight from stop to stop. */
export async function wayOf(ctx: Ctx, journey: Journey): Promise<Shape> {
  return shapeOf(decodePolyline(await pathOf(ctx, journey)), journey.calls)
}

/** The way of a trip along the road, as an encoded polyline; empty while it is not known. */
export async function pathOf(ctx: Ctx, { tenantId, patternId }: Journey): Promise<string> {
  if (patternId === undefined) return ''
  const known = await ctx.db.transaction((tx) => findPath(tx, patternId), { tenantId })
  if (known !== undefined) return known
  try {
    const { pathPolyline } = await ctx.peers.network.getPattern({ tenantId, patternId })
    await ctx.db.transaction((tx) => keepPath(tx, tenantId, patternId, pathPolyline), { tenantId })
    return pathPolyline
  } catch (err) {
    ctx.log.debug({ err, patternId }, 'the way of a pattern is not known; it is taken to be straight')
    return ''
  }
}

/** A trip as its timetable says. */
export function planOf({ calls }: Journey, { stops }: Shape): Plan {
  return { stops, arrivalsMs: calls.map(({ arrivalMs, departureMs }, i) => (i === 0 ? departureMs : arrivalMs)) }
}

/** Names a leg at an hour. */
export const legName = (fromStopId: string, toStopId: string, hour: number): string =>
  `${fromStopId} ${toStopId} ${hour}`

/** What is known of the legs of a trip. */
export function historyOf({ calls }: Journey, rows: readonly LegRow[]): LegHistory {
  const known = new Map<string, LegTime>(rows.map((row) => [legName(row.fromStopId, row.toStopId, row.hour), row]))
  return (leg, hour) => {
    const [from, to] = [calls[leg]!.stopId, calls[leg + 1]!.stopId]
    return { atHour: known.get(legName(from, to, hour)), always: known.get(legName(from, to, ALL_HOURS)) }
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Tells the hour of the day in a zone. */
export function hourIn(timeZone: string): (timeMs: number) => number {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' })
  formats.set(timeZone, format)
  return (timeMs) => Number(format.format(timeMs))
}
