import { createTms, type Tms } from '../../clients/sdk/src/node.ts'
import { companies, DEMO_PASSWORD } from '../../deploy/demo/companies.ts'
import { suiteUrl } from '../command/command.ts'

/** A company of the demo. */
export type DemoCompany = (typeof companies)[number]

/** The company of a slug; the first one that has agents when none is named. */
export function counterCompany(slug: string): DemoCompany {
  const found = companies.find(
    (one) => (slug === '' || one.slug === slug) && one.people.some(({ role }) => role === 'agent'),
  )
  if (found) return found
  throw new RangeError(`the demo has no company ${slug} with an agent`)
}

/** A client that is signed in as somebody of a company. */
export async function signedIn(company: DemoCompany, wanted: string): Promise<Tms> {
  const tms = createTms({ baseUrl: suiteUrl(), language: 'en' })
  const phone = company.people.find(({ role }) => role === wanted)?.phone ?? ''
  await tms.session.signIn({ phone }, DEMO_PASSWORD)
  return tms
}

/** The stop where most trips of the next days begin, and those trips, soonest first. */
export async function busiestStation(manager: Tms) {
  const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10)
  const tripsFrom = new Map<string, { stopName: string; tripIds: string[] }>()
  const wanted = { fromDate: day(1), toDate: day(8) }
  for await (const trip of manager.pages(manager.timetable.listTrips, wanted, 'trips')) {
    const [first] = trip.calls
    if (!first) continue
    const known = tripsFrom.get(first.stopId) ?? { stopName: first.stopName, tripIds: [] }
    known.tripIds.push(trip.tripId)
    tripsFrom.set(first.stopId, known)
  }
  const [station] = [...tripsFrom].sort(([, a], [, b]) => b.tripIds.length - a.tripIds.length)
  if (!station) throw new RangeError('the company has no trips in the coming days')
  const [stopId, { stopName, tripIds }] = station
  return { stopId, stopName, tripIds }
}
