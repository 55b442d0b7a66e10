import type { Redis } from 'ioredis'
import type { Prediction } from '../domain/arrivals/predict.ts'
import type { Progress } from '../domain/arrivals/progress.ts'

/** What is remembered of a bus on its trip. */
export type TripProgress = {
  /** Of the trip as it was planned then. */
  readonly revision: string
  readonly busId: string
  readonly progress: Progress
  /** When it reached each stop; null where that was not seen. */
  readonly arrivals: readonly (number | null)[]
  readonly predictions: readonly Prediction[]
}

/** A bus that was silent for longer begins anew, which costs it the legs behind it and no more. */
const LIFE_SECONDS = 1_800

const keyOf = (prefix: string, tripId: string) => `${prefix}trip:${tripId}:progress`

/** How far the buses of some trips have come, by trip; those not heard of are left out. */
export async function readProgress(
  redis: Redis,
  prefix: string,
  tripIds: readonly string[],
): Promise<Map<string, TripProgress>> {
  if (tripIds.length === 0) return new Map()
  const texts = await redis.mget(tripIds.map((tripId) => keyOf(prefix, tripId)))
  return new Map(
    texts.flatMap((text, i): [string, TripProgress][] =>
      text === null ? [] : [[tripIds[i]!, JSON.parse(text) as TripProgress]],
    ),
  )
}

/** Remembers how far buses have come. @throws when Redis did not take all of it */
export async function writeProgress(
  redis: Redis,
  prefix: string,
  trips: ReadonlyMap<string, TripProgress>,
): Promise<void> {
  if (trips.size === 0) return
  const pipeline = redis.pipeline()
  for (const [tripId, one] of trips) pipeline.set(keyOf(prefix, tripId), JSON.stringify(one), 'EX', LIFE_SECONDS)
  for (const [err] of (await pipeline.exec()) ?? []) if (err) throw err
}
