import type { ComponentType } from 'react'
import { slugOf } from '../flow/lines.ts'
import type { Translate } from '../i18n/texts.ts'

/** What a page is shown with. */
export type PageProps = {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** What the server found for it; undefined when the browser came here by itself. */
  readonly data: unknown
}

/** A page as its file exports it. */
export type PageModule = {
  readonly Page: ComponentType<PageProps>
  /** The words on the browser's tab. */
  readonly title: (t: Translate, props: PageProps) => string
}

export type RouteName =
  | 'home'
  | 'line'
  | 'station'
  | 'company'
  | 'search'
  | 'trip'
  | 'checkout'
  | 'pay'
  | 'returned'
  | 'ticket'
  | 'live'
  | 'change'
  | 'changeTo'
  | 'choose'
  | 'tickets'
  | 'sent'
  | 'account'
  | 'missing'

/** A kind of page, and where it is found. */
export type Route = {
  readonly name: RouteName
  readonly pattern: RegExp
  readonly load: () => Promise<PageModule>
}

const UUID = '[0-9a-f]{8}-[0-9a-f-]{27}'
const SLUG = '[a-z0-9]+(?:-[a-z0-9]+)*'
const RIDE = `(?<tripId>${UUID})/(?<from>\\d{1,3})/(?<to>\\d{1,3})`

const route = (name: RouteName, pattern: string, load: Route['load']): Route => ({
  name,
  pattern: new RegExp(`^${pattern}/?$`),
  load,
})

const missing = route('missing', '', () => import('../pages/missing.tsx'))

/** Every page. The first segment says what it is; the language's prefix is taken off before. */
export const ROUTES: readonly Route[] = [
  route('home', '', () => import('../pages/home.tsx')),
  route('line', `/bus/(?<origin>${SLUG})/(?<destination>${SLUG})`, () => import('../pages/line.tsx')),
  route('station', `/from/(?<town>${SLUG})`, () => import('../pages/lines.tsx')),
  route('company', `/company/(?<company>${SLUG})`, () => import('../pages/lines.tsx')),
  route('search', '/search', () => import('../pages/search.tsx')),
  route('trip', `/trip/${RIDE}`, () => import('../pages/trip.tsx')),
  route('checkout', `/checkout/${RIDE}`, () => import('../pages/checkout.tsx')),
  route('pay', `/pay/(?<bookingId>${UUID})`, () => import('../pages/pay.tsx')),
  route('returned', '/paypal/(?<outcome>approved|cancelled)', () => import('../pages/returned.tsx')),
  route('ticket', `/ticket/(?<bookingId>${UUID})`, () => import('../pages/ticket.tsx')),
  route('live', `/live/(?<bookingId>${UUID})`, () => import('../pages/live.tsx')),
  route('change', `/change/(?<bookingId>${UUID})`, () => import('../pages/change.tsx')),
  route('changeTo', `/change/(?<bookingId>${UUID})/${RIDE}`, () => import('../pages/change_to.tsx')),
  route('choose', `/choose/(?<bookingId>${UUID})`, () => import('../pages/choose.tsx')),
  route('tickets', '/tickets', () => import('../pages/tickets.tsx')),
  route('account', '/account', () => import('../pages/account.tsx')),
  route('sent', '/t/(?<code>[0-9A-Za-z-]{4,20})', () => import('../pages/tickets.tsx')),
]

/** A page and the facts in its address. */
export type Matched = { readonly route: Route; readonly params: Readonly<Record<string, string>> }

/** The page at a path; the one that says so where there is none. */
export function matchRoute(path: string): Matched {
  for (const one of ROUTES) {
    const found = one.pattern.exec(path)
    if (found) return { route: one, params: { ...found.groups } }
  }
  return { route: missing, params: {} }
}

/** Which part of which trip. */
export type Ride = { readonly tripId: string; readonly fromSequence: number; readonly toSequence: number }

/** The ride that an address names. */
export function rideOf(params: PageProps['params']): Ride {
  return { tripId: params['tripId'] ?? '', fromSequence: Number(params['from']), toSequence: Number(params['to']) }
}

const ridePath = ({ tripId, fromSequence, toSequence }: Ride) => `${tripId}/${fromSequence}/${toSequence}`

/** The addresses of pages, without the prefix of the language. */
export const paths = {
  home: () => '/',
  line: (from: string, to: string) => `/bus/${slugOf(from)}/${slugOf(to)}`,
  station: (town: string) => `/from/${slugOf(town)}`,
  company: (name: string) => `/company/${slugOf(name)}`,
  search: (asked: Readonly<Record<string, string>>) => `/search?${new URLSearchParams(asked).toString()}`,
  trip: (ride: Ride, seats: readonly string[] = []) => `/trip/${ridePath(ride)}${seatQuery(seats)}`,
  tripInstead: (ride: Ride, bookingId: string) => `/trip/${ridePath(ride)}?change=${bookingId}`,
  checkout: (ride: Ride, seats: readonly string[]) => `/checkout/${ridePath(ride)}${seatQuery(seats)}`,
  pay: (bookingId: string) => `/pay/${bookingId}`,
  ticket: (bookingId: string) => `/ticket/${bookingId}`,
  change: (bookingId: string) => `/change/${bookingId}`,
  changeTo: (bookingId: string, ride: Ride, seats: readonly string[]) =>
    `/change/${bookingId}/${ridePath(ride)}${seatQuery(seats)}`,
  choose: (bookingId: string) => `/choose/${bookingId}`,
  live: (bookingId: string) => `/live/${bookingId}`,
  tickets: () => '/tickets',
  account: (way?: string) => (way === undefined ? '/account' : `/account?way=${way}`),
}

function seatQuery(seats: readonly string[]): string {
  return seats.length === 0 ? '' : `?seats=${seats.join(',')}`
}

/** The seats that an address names; at most eight, as painted. */
export function seatsOf(query: URLSearchParams): string[] {
  const seats = (query.get('seats') ?? '').split(',').filter((seat) => /^[0-9A-Za-z]{1,8}$/.test(seat))
  return [...new Set(seats)].slice(0, 8)
}

/** The booking that seats are chosen for instead of its own; undefined when a new one is bought. */
export function changedBookingOf(query: URLSearchParams): string | undefined {
  const bookingId = query.get('change') ?? ''
  return new RegExp(`^${UUID}$`).test(bookingId) ? bookingId : undefined
}
