import { every } from '#kit'
import { Follower } from '../arrivals/follower.ts'
import type { Ctx } from '../context.ts'

const followers = new WeakMap<Ctx['db'], Follower>()

/** Buses on the road are followed along their ways, and their arrivals predicted anew. */
export const predictArrivals = every<Ctx>({ seconds: 5 }, 'predict-arrivals', async (ctx) => {
  const follower = followers.get(ctx.db) ?? new Follower()
  followers.set(ctx.db, follower)
  await follower.step(ctx)
})
