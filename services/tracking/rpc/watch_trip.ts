import type { PositionUpdate } from '#gen/tms/tracking/v1/position_pb.ts'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { currentCall, type Handler, type Session, sessionOf } from '#kit'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { accessOf } from '../live/access.ts'
import type { Topic } from '../live/domain/topic.ts'
import { feedsOf } from '../live/present.ts'

export const watchTrip = (ctx: Ctx): Handler<typeof TrackingService.method.watchTrip> =>
  async function* ({ tripId }, call) {
    const session = sessionOf(call)
    const { userToken } = currentCall()
    const topic: Topic = { kind: 'trip', id: tripId }
    if (!(await mayFollow(ctx, session, topic))) throw refuse('TRIP_UNKNOWN', 'there is no such trip')
    const news = newestOfEach()
    const feed = await feedsOf(ctx).follow(topic, ({ updates }) => news.put(updates))
    call.signal.addEventListener('abort', news.wake)
    try {
      // What came while the present was read is in it.
      news.take()
      yield { updates: feed.newest() }
      const recheckMs = ctx.settings.liveRecheckSeconds * 1_000
      for (let checkedAt = performance.now(); !call.signal.aborted;) {
        if (performance.now() - checkedAt >= recheckMs) {
          if (userToken !== undefined) await ctx.verifyUser(userToken)
          if (!(await mayFollow(ctx, session, topic))) return
          checkedAt = performance.now()
        }
        const updates = news.take()
        if (updates.length > 0) yield { updates }
        else await news.come(recheckMs)
      }
    } finally {
      call.signal.removeEventListener('abort', news.wake)
      feed.leave()
    }
  }

async function mayFollow(ctx: Ctx, session: Session, topic: Topic): Promise<boolean> {
  const [granted = []] = await accessOf(ctx)([{ session, topic }])
  return granted.length > 0
}

/** Holds the newest position of each bus for one reader, however slow. */
function newestOfEach() {
  let held = new Map<string, PositionUpdate>()
  let ring: () => void = () => undefined
  return {
    put: (updates: readonly PositionUpdate[]) => {
      for (const update of updates) held.set(update.position?.busId ?? '', update)
      ring()
    },
    wake: () => ring(),
    take: (): PositionUpdate[] => {
      const taken = [...held.values()]
      held = new Map()
      return taken
    },
    /** Waits until something comes, it is woken, or the time is over. */
    come: async (waitMs: number): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, waitMs)
      ring = resolve
      await promise
      clearTimeout(timer)
    },
  }
}
