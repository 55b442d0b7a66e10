import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { setTimeout as sleep } from 'node:timers/promises'
import { DriverReporter, newId, type Tms } from '../../clients/sdk/src/node.ts'
import { playable, positionAt, type Waypoint } from './way.ts'

/** How a bus is driven. */
export type Drive = {
  readonly driver: Tms
  readonly tripId: string
  readonly way: readonly Waypoint[]
  readonly speed: number
  /** A position is measured so often. */
  readonly everyMs: number
  /** Ends the drive before the end of the way. */
  readonly signal?: AbortSignal
  readonly onProgress?: (line: string, share: number) => void
}

/** Puts the driver who is signed in on a trip, unless somebody is. */
export async function assignDriver(manager: Tms, driver: Tms, tripId: string): Promise<void> {
  const driverUserId = driver.session.current?.userId ?? ''
  const { assignments } = await manager.timetable.listDriverAssignments({ tripId })
  if (assignments.some((one) => one.driverUserId === driverUserId && !one.releaseTime)) return
  await manager.timetable.assignDriver({ tripId, driverUserId, assignmentId: newId() })
}

/** Drives as a phone would report it, and answers when all of it is safe. */
export async function drive({ driver, tripId, way, speed, everyMs, signal, onProgress }: Drive) {
  const reporter = await DriverReporter.open(driver, {
    as: { tripId },
    way: 'stream',
    onMessage: ({ text }) => onProgress?.(`message to the driver: ${text}`, 0),
  })
  reporter.start()
  const factor = playable(way, speed)
  const [startMs, endSecond] = [Date.now(), way.at(-1)?.second ?? 0]
  try {
    for (let second = 0; second < endSecond && signal?.aborted !== true;) {
      second = Math.min(endSecond, ((Date.now() - startMs) / 1_000) * factor)
      const { latitudeDegrees, longitudeDegrees, metersPerSecond, headingDegrees } = positionAt(way, second)
      const speedMetersPerSecond = metersPerSecond * factor
      const sampleTime = timestampFromMs(Date.now())
      const place = { latitudeDegrees, longitudeDegrees, accuracyMeters: 8 }
      await reporter.record({ ...place, sampleTime, speedMetersPerSecond, headingDegrees })
      const { phase, pending, settled, reason } = reporter.state
      if (phase === 'ended') throw new Error(`the reports were refused: ${reason ?? 'for no reason'}`)
      const where = `${latitudeDegrees.toFixed(5)}, ${longitudeDegrees.toFixed(5)}`
      const percent = ((second / (endSecond || 1)) * 100).toFixed(0)
      const kmh = (speedMetersPerSecond * 3.6).toFixed(0)
      onProgress?.(`${percent} %  ${where}  ${kmh} km/h  ${settled} safe, ${pending} on their way`, second / endSecond)
      await sleep(everyMs, undefined, { signal }).catch(() => undefined)
    }
    await reporter.drained()
    return reporter.state
  } finally {
    await reporter.stop()
  }
}
