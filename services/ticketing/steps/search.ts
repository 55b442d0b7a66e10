import type { PlaceQuery } from '#gen/tms/ticketing/v1/place_pb.ts'
import type { Ctx } from '../context.ts'
import { foldName } from '../domain/fold.ts'
import type { TimetabledRide } from '../domain/offer.ts'
import { placesLike, stopsNamed } from '../store/places.ts'
import type { DayFare } from '../domain/connection.ts'
import { type Fares, type SeatClass, shownFares } from '../domain/ride.ts'
import { newestTerms, termsFromJson, type TermsJson } from '../store/sales_terms.ts'
import { type Between, nextDateBetween, ridesBetween } from '../store/timetable.ts'
import { lowestOfDays } from './lowest_fares.ts'
import { currentFares, type ShownRide } from './shown_fares.ts'

/** A day's rides between two places at full fares, and the stops that the places stand for. */
export type Timetable = {
  readonly between: Between
  readonly rides: readonly TimetabledRide[]
  /** The terms of companies that sell at levels, and the fares that these begin with, by trip. */
  readonly levelled: Readonly<Record<string, TermsJson>>
  readonly listFares: Readonly<Record<string, TimetabledRide['fares']>>
}

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
    // All rows: what is on sale is public, whoever asks.
    const { system } = ctx.db
    const listed = leadsNowhere(between) ? [] : await ridesBetween(system, between, serviceDate, leavingAfter)
    const terms = await newestTerms(
      system,
      listed.map(({ tenantId }) => tenantId),
    )
    return { between, ...underTerms(listed, terms) }
  })
}

/** Rides at full fares under the terms of their companies. */
function underTerms(listed: readonly TimetabledRide[], terms: Readonly<Record<string, TermsJson>>) {
  const levelled = Object.fromEntries(Object.entries(terms).filter(([, { levels }]) => levels.length > 0))
  const sold = listed.filter(({ tenantId }) => tenantId in levelled)
  return {
    rides: listed.map((ride) => {
      const own = terms[ride.tenantId]
      return own ? { ...ride, fares: asText(shownFares(asShown(ride, ride.fares, own), {})) } : ride
    }),
    levelled,
    listFares: Object.fromEntries(sold.map(({ tripId, fares }) => [tripId, fares])),
  }
}

/** A page of rides with the prices of the levels that are open at this moment. */
export async function atOpenLevels(
  ctx: Ctx,
  { levelled, listFares }: Timetable,
  page: readonly TimetabledRide[],
): Promise<readonly TimetabledRide[]> {
  const sold = page.filter(({ tenantId }) => tenantId in levelled)
  if (sold.length === 0) return page
  const shown = sold.map((ride) => asShown(ride, listFares[ride.tripId] ?? {}, levelled[ride.tenantId]!))
  const fares = new Map((await currentFares(ctx, shown)).map((one, i) => [sold[i]!.tripId, asText(one)]))
  return page.map((ride) => ({ ...ride, fares: fares.get(ride.tripId) ?? ride.fares }))
}

function asShown(ride: TimetabledRide, fares: TimetabledRide['fares'], terms: TermsJson): ShownRide {
  const classes = Object.entries(fares) as [SeatClass, string][]
  const { tripId, currency, serviceDate, origin, destination } = ride
  return {
    ...{ trip: { tripId, currency, serviceDate }, origin, destination },
    fares: Object.fromEntries(classes.map(([seatClass, minor]) => [seatClass, BigInt(minor)])),
    terms: termsFromJson(terms),
  }
}

function asText(fares: Fares): TimetabledRide['fares'] {
  return Object.fromEntries(Object.entries(fares).map(([seatClass, minor]) => [seatClass, minor.toString()]))
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
    return lowestOfDays(ctx, { between, firstDate: asked.firstDate, days, leavingAfter })
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
