import { every } from '#kit'
import type { Ctx } from '../context.ts'
import { UnusableFeed } from '../domain/feed/vehicle.ts'
import { FeedReader } from '../feeds/reader.ts'
import { noteRead, noteUnread, vehicleFeedUrls } from '../store/vehicle_feeds.ts'

const readers = new WeakMap<Ctx['db'], FeedReader>()

/** So many addresses are asked at once. */
const AT_ONCE = 8

/** Feeds of other systems are read, and what became of it is written where their companies see it. */
export const readVehicleFeeds = every<Ctx>({ seconds: 15 }, 'read-vehicle-feeds', async (ctx) => {
  const reader = readers.get(ctx.db) ?? new FeedReader()
  readers.set(ctx.db, reader)
  // Of all companies; each reading is in transactions of its company's own.
  const feeds = await vehicleFeedUrls(ctx.db.system)
  const readSome = async () => {
    for (let feed = feeds.shift(); feed; feed = feeds.shift()) await readOne(ctx, reader, feed)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, readSome))
})

async function readOne(ctx: Ctx, reader: FeedReader, { tenantId, url }: { tenantId: string; url: string }) {
  const reading = { tenantId, url, at: ctx.clock.now() }
  try {
    const counts = await reader.read(ctx, tenantId, url)
    await ctx.db.transaction((tx) => noteRead(tx, reading, counts), { tenantId })
  } catch (err) {
    if (!(err instanceof UnusableFeed)) {
      // One company's feed does not keep those of others from being read.
      return ctx.log.error({ err, tenantId }, 'a vehicle feed was not taken, and is read again')
    }
    ctx.happened('tracking.vehicle_feed_unusable', { tenantId, fault: err.fault })
    await ctx.db.transaction((tx) => noteUnread(tx, reading, err.fault, err.message.slice(0, 300)), { tenantId })
  }
  return undefined
}
