import { fromBinary } from '@bufbuild/protobuf'
import { type PositionUpdate, PositionUpdateSchema } from '#gen/tms/tracking/v1/position_pb.ts'
import type { Ctx } from '../context.ts'
import { busOfTrip } from '../store/followers.ts'
import { readFleet, readUpdates } from '../store/locations.ts'
import type { Topic } from './domain/topic.ts'
import { type Feeds, openFeeds } from './feeds.ts'

const made = new WeakMap<Ctx, Feeds>()

/** The feeds of this process, which sockets and streams share. */
export function feedsOf(ctx: Ctx): Feeds {
  const known = made.get(ctx)
  if (known) return known
  const feeds = openFeeds({ ...ctx, readNewest: (topic) => readNewest(ctx, topic) })
  made.set(ctx, feeds)
  return feeds
}

/** Closes what {@link feedsOf} opened, if anything. */
export function closeFeeds(ctx: Ctx): void {
  made.get(ctx)?.close()
}

/** The newest positions of a topic, as ingest left them in Redis. */
async function readNewest(ctx: Ctx, topic: Topic): Promise<PositionUpdate[]> {
  const { redis, redisPrefix } = ctx
  const found = await readUpdates(redis, redisPrefix, await busesOf(ctx, topic))
  // A bus goes on to other trips, and to other companies.
  return found.map((bytes) => fromBinary(PositionUpdateSchema, bytes)).filter((update) => belongs(update, topic))
}

async function busesOf({ db, redis, redisPrefix }: Ctx, { kind, id }: Topic): Promise<string[]> {
  switch (kind) {
    case 'bus':
      return [id]
    case 'company':
      return (await readFleet(redis, redisPrefix, id, undefined)).map(({ busId }) => busId)
    case 'trip': {
      const busId = await busOfTrip(db.system, id)
      return busId === undefined ? [] : [busId]
    }
  }
}

function belongs(update: PositionUpdate, { kind, id }: Topic): boolean {
  switch (kind) {
    case 'bus':
      return update.position?.busId === id
    case 'company':
      return update.tenantId === id
    case 'trip':
      return update.tripId === id
  }
}
