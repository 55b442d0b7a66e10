import { setTimeout as sleep } from 'node:timers/promises'
import { type Booking, reasonOf, type Tms } from '../../clients/sdk/src/node.ts'
import { assignDriver, drive } from '../drive/drive.ts'
import { wayOfCalls } from '../drive/way.ts'
import { eventually, prove } from './story.ts'

/** The bus drives; who holds a ticket sees it move, and nobody else does; the company's public feed has it. */
export async function ridden(
  { driver, manager, passenger, stranger }: Readonly<Record<'driver' | 'manager' | 'passenger' | 'stranger', Tms>>,
  { tripId }: Pick<Booking, 'tripId'>,
  feedUrl: string,
): Promise<[undefined, string]> {
  const { trip } = await manager.timetable.getTrip({ tripId })
  prove(trip !== undefined, 'there is no such trip')
  await assignDriver(manager, driver, tripId)
  const stop = new AbortController()
  const places: string[] = []
  const watching = watch(passenger, tripId, stop.signal, places)
  const way = wayOfCalls(trip.calls)
  const driving = driveWhenKnown({ driver, tripId, way, signal: stop.signal })
  try {
    await eventually('the bus on the map of the passenger', () => Promise.resolve(places.length >= 3 || undefined))
    const refused: unknown = await first(stranger, tripId).catch((err: unknown) => err)
    prove(reasonOf(refused) === 'TRIP_UNKNOWN', 'somebody without a ticket followed the bus')
    // A suite that was filled before its companies published does so from here on.
    await manager.tracking.setRealtimeFeed({ published: true })
    await eventually('the bus in the public feed', () => isPublished(feedUrl, trip.busPlate))
  } finally {
    stop.abort()
  }
  await watching
  const { settled } = await driving
  return [
    undefined,
    `${places.length} places seen, ${settled} positions kept; a stranger is told TRIP_UNKNOWN; ${feedUrl} has it`,
  ]
}

/** Whether the company's GTFS-Realtime feed has a bus: undefined while it has not. */
async function isPublished(feedUrl: string, plate: string): Promise<true | undefined> {
  const answer = await fetch(`${feedUrl}/vehicle-positions.json`)
  return answer.ok && (await answer.text()).includes(plate) ? true : undefined
}

async function watch(tms: Tms, tripId: string, signal: AbortSignal, places: string[]): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const { updates } of tms.tracking.watchTrip({ tripId }, { signal, timeoutMs: 0 })) {
        for (const { position } of updates) {
          const place = `${position?.latitudeDegrees} ${position?.longitudeDegrees}`
          if (!places.includes(place)) places.push(place)
        }
      }
    } catch (err) {
      // Tracking hears of the ticket by an event.
      if (!signal.aborted && reasonOf(err) !== 'TRIP_UNKNOWN') throw err
    }
    await sleep(200)
  }
}

/** Tracking hears of the driver by an event. */
async function driveWhenKnown(parts: Omit<Parameters<typeof drive>[0], 'speed' | 'everyMs'>) {
  for (;;) {
    try {
      return await drive({ ...parts, speed: 1, everyMs: 300 })
    } catch (err) {
      if (parts.signal?.aborted === true || !String(err).includes('NOT_ASSIGNED')) throw err
      await sleep(200)
    }
  }
}

async function first(tms: Tms, tripId: string): Promise<unknown> {
  for await (const answer of tms.tracking.watchTrip({ tripId })) return answer
  return undefined
}
