import { FareState } from '#gen/tms/company/v1/fare_pb.ts'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { ScheduleState } from '#gen/tms/company/v1/schedule_pb.ts'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { ClientOf } from './session.ts'

/** All of a company's network and timetable, page by page. */
export async function readNetwork(client: ClientOf) {
  const [network, timetable] = [client(NetworkService), client(TimetableService)]
  const pageSize = 200
  return {
    stops: await all(async (pageToken) => {
      const page = await network.listStops({ pageSize, pageToken })
      return [page.stops, page.nextPageToken]
    }),
    routes: await all(async (pageToken) => {
      const page = await network.listRoutes({ pageSize, pageToken })
      return [page.routes, page.nextPageToken]
    }),
    fares: await all(async (pageToken) => {
      const page = await network.listFares({ pageSize, pageToken, state: FareState.ACTIVE })
      return [page.fares, page.nextPageToken]
    }),
    calendars: await all(async (pageToken) => {
      const page = await timetable.listCalendars({ pageSize, pageToken })
      return [page.calendars, page.nextPageToken]
    }),
    schedules: await all(async (pageToken) => {
      const page = await timetable.listSchedules({ pageSize, pageToken, state: ScheduleState.ACTIVE })
      return [page.schedules, page.nextPageToken]
    }),
  }
}

/** A company's network and timetable. */
export type WholeNetwork = Awaited<ReturnType<typeof readNetwork>>

async function all<T>(read: (pageToken: string) => Promise<readonly [readonly T[], string]>): Promise<T[]> {
  const found: T[] = []
  for (let pageToken = '', first = true; first || pageToken !== ''; first = false) {
    const [page, next] = await read(pageToken)
    found.push(...page)
    pageToken = next
  }
  return found
}
