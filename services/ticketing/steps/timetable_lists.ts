import type { Ctx } from '../context.ts'

/** Lists that are made of every trip of the coming week: asked often, changed by the timetable and not by sales. */
const LISTS = ['connections', 'towns'] as const
const WEEK_MS = 7 * 86_400_000

/** Stands in the cache while new trips arrive, and so long after the last of them. */
const ARRIVING = 'timetable-arrives'
const QUIET_SECONDS = 10

/** The instants between which trips leave that the lists are made of. */
export function listedWeek(ctx: Ctx): readonly [from: Date, until: Date] {
  const from = ctx.clock.now()
  return [from, new Date(from.getTime() + WEEK_MS)]
}

/** A list, kept for some minutes; not while it is empty or still grows, so that nobody is shown half a timetable for long. */
export async function keptList<T>(ctx: Ctx, name: (typeof LISTS)[number], load: () => Promise<T[]>): Promise<T[]> {
  const seconds = ctx.settings.connectionsCacheSeconds
  if (seconds === 0) return load()
  const worth = async (list: readonly T[]) => {
    const isWhole = list.length > 0 && (await ctx.cache.get(ARRIVING)) === undefined
    return isWhole ? seconds : 0
  }
  return ctx.cache.through(name, worth, load)
}

/** A trip is here for the first time: what was listed without it is dropped, and nothing kept before the last of them is here. */
export async function noteNewTrip(ctx: Ctx, departureTime: Date): Promise<void> {
  const [, until] = listedWeek(ctx)
  if (departureTime > until || (await ctx.cache.get(ARRIVING)) !== undefined) return
  await ctx.cache.set(ARRIVING, true, QUIET_SECONDS)
  await ctx.cache.delete(...LISTS)
}
