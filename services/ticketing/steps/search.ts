import type { PlaceQuery } from '#gen/tms/ticketing/v1/place_pb.ts'
import type { Ctx } from '../context.ts'
import type { DayFare } from '../domain/connection.ts'
import { foldName } from '../domain/fold.ts'
import type { ListedRide, OfferedRide, OfferFares } from '../domain/offer.ts'
import { type Fares, type RidePlaces, type SeatClass, shownFares } from '../domain/ride.ts'
import { offersOf } from '../store/offers.ts'
import { placesLike, stopsNamed } from '../store/places.ts'
import { newestTerms, termsFromJson, type TermsJson } from '../store/sales_terms.ts'
import { type Between, nextDateBetween, ridesBetween, tariffedRidesBetween } from '../store/timetable.ts'
import { lowestOfDays } from './lowest_fares.ts'
import { currentFares, type ShownRide } from './shown_fares.ts'

/** A day's rides between two places: enough to sort them and to find what is shown of them. */
export type Timetable = {
  /** The stops that the places stand for. */
  readonly between: Between
  readonly rides: readonly ListedRide[]
  /** The terms of those who sell them, of companies that have set some. */
  readonly terms: Readonly<Record<string, TermsJson>>
}

type Places = { origin?: PlaceQuery; destination?: PlaceQuery }

/** How far ahead the next possible date is looked for. */
const HINT_DAYS = 60

/** Names that fit nearly as well as the best one are meant as well: `Remera` on both sides of a road. */
const NEARLY = 0.05
const MOST_STOPS = 50

/** A day's search between two places; a list that is sorted by fares has them. */
export type DaySearch = Places & { readonly serviceDate: string; readonly byFare: boolean }

/**
 * A day's timetable between two places, kept for a moment: it says which rides there are, and in which order.
 *
 * What is shown of them is read anew for each answer, and it never decides a sale: the hold reads the tables.
 *
 * @param anew reads it again, because the kept one lists what is not to be had any more
 */
export async function timetabled(ctx: Ctx, asked: DaySearch, leavingAfter: Date, anew = false): Promise<Timetable> {
  const { serviceDate, byFare } = asked
  const key = JSON.stringify(['search', nameOf(asked.origin), nameOf(asked.destination), serviceDate, byFare])
  if (anew) await ctx.cache.delete(key)
  return briefly(ctx, key, async () => {
    const between = await betweenOf(ctx, asked)
    if (leadsNowhere(between)) return { between, rides: [], terms: {} }
    return { between, ...(await (byFare ? tariffed : listed)(ctx, between, serviceDate, leavingAfter)) }
  })
}

type Listed = Omit<Timetable, 'between'>

async function listed(ctx: Ctx, between: Between, serviceDate: string, leavingAfter: Date): Promise<Listed> {
  // All rows: what is on sale is public, whoever asks.
  const { rides, tenantIds } = await ridesBetween(ctx.db.system, between, serviceDate, leavingAfter)
  return { rides, terms: await newestTerms(ctx.db.system, tenantIds) }
}

/** With what a ride costs before levels: those change with every sale. */
async function tariffed(ctx: Ctx, between: Between, serviceDate: string, leavingAfter: Date): Promise<Listed> {
  // All rows: what is on sale is public, whoever asks.
  const found = await tariffedRidesBetween(ctx.db.system, between, serviceDate, leavingAfter)
  const terms = await newestTerms(
    ctx.db.system,
    found.map(({ tenantId }) => tenantId),
  )
  const rides = found.map(({ tenantId, serviceDate, currency, fromStopId, toStopId, fares, ...ride }) => {
    const own = terms[tenantId]
    const places = {
      trip: { currency, serviceDate },
      origin: { stopId: fromStopId },
      destination: { stopId: toStopId },
    }
    return { ...ride, fares: own ? asText(shownFares(underTerms(places, fares, own), {})) : fares }
  })
  return { rides, terms }
}

/** Rides of a timetable as they are now: free seats, delays, and the prices of the levels that are open. */
export async function offered(
  ctx: Ctx,
  { between, terms }: Timetable,
  page: readonly ListedRide[],
  now: Date,
): Promise<readonly OfferedRide[]> {
  // All rows: what is on sale is public, whoever asks.
  const offers = await offersOf(ctx.db.system, between, page, now)
  const ruled = offers.filter(({ tenantId }) => tenantId in terms)
  if (ruled.length === 0) return offers
  const shown = ruled.map((offer): ShownRide => {
    const { origin, destination, fares, tenantId } = offer
    return {
      ...underTerms({ trip: offer, origin, destination }, fares, terms[tenantId]!),
      trip: offer,
      origin,
      destination,
    }
  })
  const current = new Map((await currentFares(ctx, shown)).map((fares, i) => [ruled[i]!.tripId, asText(fares)]))
  return offers.map((offer) => ({ ...offer, fares: current.get(offer.tripId) ?? offer.fares }))
}

function underTerms(places: RidePlaces, fares: OfferFares, terms: TermsJson) {
  const classes = Object.entries(fares) as [SeatClass, string][]
  return {
    ...places,
    fares: Object.fromEntries(classes.map(([seatClass, minor]) => [seatClass, BigInt(minor)])) as Fares,
    terms: termsFromJson(terms),
  }
}

function asText(fares: Fares): OfferFares {
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
