import { every } from '#kit'
import { Follower } from '../arrivals/follower.ts'
import type { Ctx } from '../context.ts'

const followers = new WeakMap<Ctx['db'], Follower>()
/** Of whom it was said that their Redis is away. */
const waiting = new WeakSet<Ctx['db']>()

/** Buses on the road are followed along their ways, and their arrivals predicted anew; while Redis is away they wait. */
export const predictArrivals = every<Ctx>({ seconds: 5 }, 'predict-arrivals', async (ctx) => {
  const follower = followers.get(ctx.db) ?? new Follower()
  followers.set(ctx.db, follower)
  try {
    await follower.step(ctx)
  } catch (err) {
    if (await answers(ctx)) throw err
    if (!waiting.has(ctx.db)) ctx.log.warn({ err }, 'Redis does not answer; arrivals are predicted when it is back')
    waiting.add(ctx.db)
    return
  }
  if (waiting.delete(ctx.db)) ctx.log.warn('Redis is back; arrivals are predicted again')
})

/** Whether Redis does. */
function answers({ redis }: Ctx): Promise<boolean> {
  return redis.ping().then(
    () => true,
    () => false,
  )
}
