import { toBinary, toJsonString } from '@bufbuild/protobuf'
import {
  type GetRealtimeFeedRequest,
  RealtimeFeedKind,
  type TrackingService,
} from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { type FeedMessage, FeedMessageSchema } from '#gen/transit_realtime/gtfs-realtime_pb.ts'
import type { Handler } from '#kit'
import { fleetOf } from '../arrivals/follower.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { keepFeed, keptFeed, publishingTenant } from '../store/feeds.ts'
import { cancelledJourneys, journeysOf } from '../store/journeys.ts'
import { readProgress } from '../store/progress.ts'
import { currentAlerts } from '../store/alerts.ts'
import { subjectIdsOf } from '../wire/alerts.ts'
import { alertsFeed } from '../wire/realtime_alerts.ts'
import { type FeedFacts, tripUpdatesFeed, vehiclePositionsFeed } from '../wire/realtime_feed.ts'

export const getRealtimeFeed =
  (ctx: Ctx): Handler<typeof TrackingService.method.getRealtimeFeed> =>
  async (request) => {
    // Asked by anybody, of whichever company publishes.
    const tenantId = await publishingTenant(ctx.db.system, request.companySlug)
    if (tenantId === undefined) throw refuse('FEED_UNKNOWN', 'no such feed is published')
    const content = await contentOf(ctx, tenantId, request).catch((err: unknown) => {
      ctx.log.warn({ err }, 'a feed could not be made')
      throw refuse('LOCATIONS_UNAVAILABLE', 'where buses are now cannot be read at this moment')
    })
    return { content }
  }

/** All processes answer with the same bytes until they are some seconds old. */
async function contentOf(ctx: Ctx, tenantId: string, request: GetRealtimeFeedRequest): Promise<Uint8Array> {
  const { kind, json } = request
  const key = `${tenantId}:${kind}:${json ? 'json' : 'pb'}`
  const kept = await keptFeed(ctx.redis, ctx.redisPrefix, key)
  if (kept) return kept
  const feed = await feedOf(ctx, tenantId, request)
  const content = json
    ? new TextEncoder().encode(toJsonString(FeedMessageSchema, feed))
    : toBinary(FeedMessageSchema, feed)
  await keepFeed(ctx.redis, ctx.redisPrefix, key, content)
  return content
}

async function feedOf(ctx: Ctx, tenantId: string, { kind, companySlug }: GetRealtimeFeedRequest): Promise<FeedMessage> {
  const { redis, redisPrefix } = ctx
  const now = ctx.clock.now()
  const updates = await fleetOf(ctx, tenantId)
  const tripIds = updates.map(({ tripId }) => tripId).filter((tripId) => tripId !== '')
  const [journeys, cancelled, alerts] = await ctx.db.transaction(
    async (tx) => {
      const written = kind === RealtimeFeedKind.ALERTS ? await currentAlerts(tx, tenantId, now) : []
      const meant = written.flatMap(({ content }) => subjectIdsOf(content).tripIds)
      return [
        await journeysOf(tx, [...tripIds, ...meant]),
        await cancelledJourneys(tx, tenantId, now),
        written,
      ] as const
    },
    { tenantId },
  )
  const facts: FeedFacts = {
    now,
    updates,
    journeys: new Map(journeys.filter(({ state }) => state !== 'CANCELLED').map((one) => [one.tripId, one])),
    progress: await readProgress(redis, redisPrefix, tripIds),
    cancelled,
    alerts,
    companySlug,
  }
  if (kind === RealtimeFeedKind.VEHICLE_POSITIONS) return vehiclePositionsFeed(facts)
  return kind === RealtimeFeedKind.ALERTS ? alertsFeed(facts) : tripUpdatesFeed(facts)
}
