import type { PlaceQuery } from '#gen/tms/ticketing/v1/place_pb.ts'
import type { Ctx } from '../context.ts'
import { foldName } from '../domain/fold.ts'
import type { TimetabledRide } from '../domain/offer.ts'
import { placesLike, stopsNamed } from '../store/places.ts'
import type { DayFare } from '../domain/connection.ts'
import { dayFaresBetween } from '../store/connections.ts'
import { type Between, nextDateBetween, ridesBetween } from '../store/timetable.ts'

/** A day's rides between two places, and the stops that the places stand for. */
export type Timetable = { readonly between: Between; readonly rides: readonly TimetabledRide[] }

type Places = { origin?: PlaceQuery; destination?: PlaceQuery }

/** How far ahead the next possible date is looked for. */
const HINT_DAYS = 60

/** Names that fit nearly as well as the best one are meant as well: `Remera` on both sides of a road. */
const NEARLY = 0.05
const MOST_STOPS = 50

/** A day's timetable between two places, kept in Redis for a moment. It never decides a sale: the hold reads the tables. */
export function timetabled(ctx: Ctx, asked: Places & { serviceDate: string }, leavingAfter: Date): Promise<Timetable> {
  const { serviceDate } = asked
  const key = JSON.stringify(['search', nameOf(asked.origin), nameOf(asked.destination), serviceDate])
  return briefly(ctx, key, async () => {
    const between = await betweenOf(ctx, asked)
    const nowhere = leadsNowhere(between)
    // All rows: what is on sale is public, whoever asks.
    return { between, rides: nowhere ? [] : await ridesBetween(ctx.db.system, between, serviceDate, leavingAfter) }
  })
}

/** The next service date with a ride, for a day that has none left; empty when there is none either. */
export function nextPossibleDate(
  ctx: Ctx,
  { between }: Timetable,
  serviceDate: string,
  leavingAfter: Date,
): Promise<string> {
  return briefly(ctx, JSON.stringify(['next', between, serviceDate]), async () => {
    const next = await nextDateBetween(ctx.db.system, between, serviceDate, HINT_DAYS, leavingAfter)
    return next ?? ''
  })
}

/** The lowest fares of some days from one on, of days that have trips which leave after an instant. */
export function dayFares(
  ctx: Ctx,
  asked: Places & { firstDate: string },
  days: number,
  leavingAfter: Date,
): Promise<readonly DayFare[]> {
  const key = JSON.stringify(['days', nameOf(asked.origin), nameOf(asked.destination), asked.firstDate, days])
  return briefly(ctx, key, async () => {
    const between = await betweenOf(ctx, asked)
    if (leadsNowhere(between)) return []
    // All rows: what is on sale is public, whoever asks.
    return dayFaresBetween(ctx.db.system, between, asked.firstDate, days, leavingAfter)
  })
}

async function betweenOf(ctx: Ctx, { origin, destination }: Places): Promise<Between> {
  const [originIds, destinationIds] = await Promise.all([stopsMeant(ctx, origin), stopsMeant(ctx, destination)])
  return { originIds, destinationIds }
}

const leadsNowhere = ({ originIds, destinationIds }: Between) => originIds.length === 0 || destinationIds.length === 0

/** The stops that a place stands for; a typed name that nobody bears stands for those most like it. */
async function stopsMeant(ctx: Ctx, query: PlaceQuery | undefined): Promise<readonly string[]> {
  if (query?.place.case === 'stopId') return [query.place.value]
  const key = foldName(query?.place.value ?? '')
  if (key === '') return []
  const named = await stopsNamed(ctx.db.system, key)
  if (named.length > 0 || query?.place.case === 'town') return named
  const alike = await placesLike(ctx.db.system, key, MOST_STOPS)
  const best = alike[0]?.score ?? 0
  return alike.filter(({ score }) => score >= best - NEARLY).map(({ stopId }) => stopId)
}

/** What a place is called in the cache: two spellings of one name share an entry. */
function nameOf(query: PlaceQuery | undefined): readonly string[] {
  const { case: kind, value } = query?.place ?? {}
  return [kind ?? '', kind === 'stopId' ? (value ?? '') : foldName(value ?? '')]
}

function briefly<T>(ctx: Ctx, key: string, load: () => Promise<T>): Promise<T> {
  const seconds = ctx.settings.searchCacheSeconds
  return seconds === 0 ? load() : ctx.cache.through(key, seconds, load)
}
