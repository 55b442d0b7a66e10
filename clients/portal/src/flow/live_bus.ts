import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { FollowState, PositionUpdate } from '@tms/sdk/follow'
import type { PassengerTms } from '@tms/sdk/passenger'
import { useEffect, useState } from 'react'

/** Where a bus was, when. */
export type Sighting = {
  readonly plate: string
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly headingDegrees: number | undefined
  /** When it was measured, by the clock of whoever measured it. */
  readonly sampleMs: number
  /** When we heard of it, by the clock of this device: these two need not agree. */
  readonly heardMs: number
}

/** A followed bus. */
export type LiveBus = {
  readonly link: FollowState['kind'] | 'OVER'
  readonly seen: Sighting | undefined
  /** Why it cannot be followed. */
  readonly error: unknown
}

/** A bus reports every few seconds: after so long it is silent. */
const SILENCE_MS = 60_000

const nothing: LiveBus = { link: 'CONNECTING', seen: undefined, error: undefined }

/** Follows the bus of a trip while the page is shown, over lost networks, reloads of tokens and swaps of the bus. */
export function useLiveBus(tms: PassengerTms | undefined, tripId: string): LiveBus {
  const [bus, setBus] = useState(nothing)
  useEffect(() => {
    if (!tms || tripId === '') return
    const stop = new AbortController()
    const follow = async () => {
      // The stops and the timetable are shown meanwhile.
      const { followTrip } = await import('@tms/sdk/follow')
      for await (const { state, updates } of followTrip(tms, tripId, { signal: stop.signal }))
        setBus(({ seen }) => ({ link: state.kind, seen: newest(seen, updates, Date.now()), error: undefined }))
      if (!stop.signal.aborted) setBus(({ seen }) => ({ link: 'OVER', seen, error: undefined }))
    }
    follow().catch((error: unknown) => setBus(({ seen }) => ({ link: 'OVER', seen, error })))
    return () => stop.abort()
  }, [tms, tripId])
  return bus
}

/**
 * The newest of what was seen.
 *
 * What a connection begins with may be old, by the bus's own clock; what follows was measured just now, whatever the clocks
 * of bus and device say.
 */
export function newest(
  known: Sighting | undefined,
  updates: readonly PositionUpdate[],
  nowMs: number,
): Sighting | undefined {
  return updates.reduce((best, { position, busPlate }) => {
    const sampleMs = position?.sampleTime ? timestampMs(position.sampleTime) : Number.NEGATIVE_INFINITY
    if (!position || sampleMs <= (best?.sampleMs ?? Number.NEGATIVE_INFINITY)) return best
    const { latitudeDegrees, longitudeDegrees, headingDegrees } = position
    const heardMs = best ? nowMs : Math.min(nowMs, sampleMs)
    return { plate: busPlate, latitudeDegrees, longitudeDegrees, headingDegrees, sampleMs, heardMs }
  }, known)
}

/** Whether nothing was heard of a bus for so long that it may be anywhere. */
export function isSilent({ heardMs }: Sighting, nowMs: number): boolean {
  return nowMs - heardMs > SILENCE_MS
}
