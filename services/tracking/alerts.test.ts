import { fromBinary } from '@bufbuild/protobuf'
import { timestampDate, timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, type ConnectError } from '@connectrpc/connect'
import { expect } from 'vitest'
import { reasonOf } from '#kit'
import type { Suite } from '#kit/testing'
import { TripScheduledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { AlertCause, AlertEffect, AlertSeverity } from '#gen/tms/tracking/v1/alert_pb.ts'
import { FeedService } from '#gen/tms/tracking/v1/feed_service_pb.ts'
import { RealtimeFeedKind, TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import {
  Alert_Cause,
  Alert_Effect,
  Alert_SeverityLevel,
  FeedMessageSchema,
} from '#gen/transit_realtime/gtfs-realtime_pb.ts'
import tracking from './service.ts'
import { placements } from './testing/placements.ts'
import { aDrivenTrip, newId } from './testing/world.ts'

/** A company with a trip of a schedule, on a route with two stops, that publishes. */
async function aCompany(suite: Suite) {
  const { tenantId, tripId, busId } = await aDrivenTrip(suite)
  const [routeId, scheduleId, from, to] = [newId(), newId(), newId(), newId()]
  const companySlug = `ikivu-${tenantId.slice(-6)}`
  const location = { latitudeDegrees: -1.95, longitudeDegrees: 30.05 }
  await suite.publish(TripScheduledSchema, tripId, {
    tenantId,
    trip: {
      ...{ tripId, tenantId, busId, busPlate: 'RAC123A', revision: 2n, state: TripState.SCHEDULED, companySlug },
      ...{ serviceDate: '2026-11-20', timeZone: 'Africa/Kigali', routeId, scheduleId },
      calls: [
        { sequence: 0, stopId: from, departureSeconds: 36_000, location },
        { sequence: 1, stopId: to, arrivalSeconds: 39_600, location },
      ],
    },
  })
  await suite.settle()
  const who = { userId: newId(), tenantId, permissions: ['tracking.*'] }
  await suite.client(TrackingService, who).setRealtimeFeed({ published: true })
  return { tripId, routeId, scheduleId, stopId: to, companySlug, who, client: suite.client(FeedService, who) }
}

const refusal = async (work: Promise<unknown>) => reasonOf(await work.catch((err: unknown) => err))

placements(
  'what staff write is in the feed in the words and numbers of the standard, until it is over or ended; of nothing that the company does not run',
  [tracking],
  async (suite) => {
    const { tripId, routeId, scheduleId, stopId, companySlug, client } = await aCompany(suite)
    const nowMs = suite.clock.now().getTime()
    const subject = (kind: 'routeId' | 'stopId' | 'tripId', value: string) => ({ subject: { case: kind, value } })
    const detour = {
      subjects: [
        { subject: { case: 'company' as const, value: true } },
        ...[subject('routeId', routeId), subject('stopId', stopId), subject('tripId', tripId)],
      ],
      cause: AlertCause.CONSTRUCTION,
      effect: AlertEffect.DETOUR,
      severity: AlertSeverity.WARNING,
      header: [
        { language: 'rw', text: 'Inzira yahindutse' },
        { language: 'en', text: 'Another way' },
      ],
      url: 'https://ikivu.example/detour',
      endTime: timestampFromMs(nowMs + 3_600_000),
    }
    const [first, second] = [newId(), newId()]
    const made = await client.createAlert({ alertId: first, content: detour })
    expect(timestampDate(made.alert!.content!.startTime!).getTime()).toBe(nowMs)
    await client.createAlert({
      alertId: second,
      content: {
        subjects: [subject('stopId', stopId)],
        effect: AlertEffect.STOP_MOVED,
        header: [{ language: 'en', text: 'Across the road' }],
      },
    })
    const published = async () => {
      // Feeds are made anew every five seconds, by the clock on the wall.
      await suite.redis.del(...(await suite.redis.keys(`${suite.namespace}:tracking:feed:*`)), 'none')
      const request = { companySlug, kind: RealtimeFeedKind.ALERTS }
      const { content } = await suite.peer(TrackingService, 'gateway').getRealtimeFeed(request)
      return fromBinary(FeedMessageSchema, content).entity
    }
    const [one, other] = await published()
    expect(one).toMatchObject({
      id: first,
      alert: {
        cause: Alert_Cause.CONSTRUCTION,
        effect: Alert_Effect.DETOUR,
        severityLevel: Alert_SeverityLevel.WARNING,
        activePeriod: [{ start: BigInt(nowMs / 1_000), end: BigInt(nowMs / 1_000 + 3_600) }],
        headerText: { translation: detour.header },
        url: { translation: [{ text: detour.url }] },
      },
    })
    expect(one?.alert?.informedEntity).toMatchObject([
      { agencyId: companySlug },
      { routeId },
      { stopId },
      { trip: { tripId: scheduleId, startDate: '20261120', startTime: '10:00:00' } },
    ])
    expect(other).toMatchObject({ id: second, alert: { effect: Alert_Effect.STOP_MOVED } })

    const ended = await client.endAlert({ alertId: second })
    expect(timestampDate(ended.alert!.content!.endTime!).getTime()).toBe(nowMs)
    expect((await published()).map(({ id }) => id)).toEqual([first])
    await suite.advance({ hours: 2 })
    expect(await published()).toEqual([])
    // Ended again, it was over when it was.
    const again = await client.endAlert({ alertId: second })
    expect(timestampDate(again.alert!.content!.endTime!).getTime()).toBe(nowMs)

    const all = await client.listAlerts({ pageSize: 1 })
    expect(all.alerts.map(({ alertId }) => alertId)).toEqual([second])
    const rest = await client.listAlerts({ pageSize: 1, pageToken: all.nextPageToken })
    expect(rest.alerts.map(({ alertId }) => alertId)).toEqual([first])
    expect((await client.listAlerts({ currentOnly: true })).alerts).toEqual([])

    for (const unknown of [subject('routeId', newId()), subject('stopId', newId()), subject('tripId', newId())]) {
      const work = client.createAlert({ alertId: newId(), content: { ...detour, subjects: [unknown] } })
      expect(await refusal(work)).toBe('SUBJECT_UNKNOWN')
    }
    const backwards = { ...detour, startTime: timestampFromMs(nowMs + 7_200_000) }
    await expect(client.createAlert({ alertId: newId(), content: backwards })).rejects.toSatisfy(
      (err: ConnectError) => err.code === Code.InvalidArgument && err.message.includes('later than start_time'),
    )
  },
)

placements(
  'alerts are the company’s own, and it has no more than a phone can read',
  [tracking],
  async (suite) => {
    const [own, rival] = [await aCompany(suite), await aCompany(suite)]
    const content = {
      subjects: [{ subject: { case: 'company' as const, value: true } }],
      effect: AlertEffect.NO_SERVICE,
      header: [{ language: 'en', text: 'Nothing runs' }],
    }
    const alertId = newId()
    await own.client.createAlert({ alertId, content })
    expect((await rival.client.listAlerts({})).alerts).toEqual([])
    expect(await refusal(rival.client.endAlert({ alertId }))).toBe('ALERT_UNKNOWN')
    expect(await refusal(rival.client.createAlert({ alertId, content }))).toBe('ALERT_EXISTS')
    const theirs = { ...content, subjects: [{ subject: { case: 'tripId' as const, value: own.tripId } }] }
    expect(await refusal(rival.client.createAlert({ alertId: newId(), content: theirs }))).toBe('SUBJECT_UNKNOWN')
    const plain = suite.client(FeedService, { ...own.who, permissions: ['tracking.alerts.read'] })
    expect(await refusal(plain.endAlert({ alertId }))).toBe('PERMISSION_MISSING')
    expect((await plain.listAlerts({})).alerts).toHaveLength(1)
    await suite.sql('tracking')`
      insert into alert select gen_random_uuid(), tenant_id, content, start_time, null, create_time
      from alert, generate_series(1, 199)`
    expect(await refusal(own.client.createAlert({ alertId: newId(), content }))).toBe('ALERT_LIMIT_REACHED')
  },
  { placements: ['memory'] },
)
