import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { PositionUpdate } from '../../../../gen/tms/tracking/v1/position_pb.ts'

/** The newest position of each bus, and those of them that the reader was not given yet: bounded by the buses. */
export class Newest {
  readonly #known = new Map<string, PositionUpdate>()
  readonly #fresh = new Map<string, PositionUpdate>()

  /** Every bus that was seen, by its id. */
  get all(): ReadonlyMap<string, PositionUpdate> {
    return this.#known
  }

  /** Takes what is newer than what is known; true when anything was. */
  offer(updates: readonly PositionUpdate[]): boolean {
    for (const update of updates) {
      const busId = update.position?.busId
      if (busId === undefined || measuredMs(update) <= measuredMs(this.#known.get(busId))) continue
      this.#known.set(busId, update)
      this.#fresh.set(busId, update)
    }
    return this.#fresh.size > 0
  }

  /** What is new since the last time. */
  take(): PositionUpdate[] {
    const taken = [...this.#fresh.values()]
    this.#fresh.clear()
    return taken
  }
}

function measuredMs(update: PositionUpdate | undefined): number {
  const time = update?.position?.sampleTime
  return time ? timestampMs(time) : Number.NEGATIVE_INFINITY
}
