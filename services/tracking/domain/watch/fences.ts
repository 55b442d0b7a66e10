import { type Fence, type FenceIndex, LEAVE_METERS } from './fence.ts'
import { metersOutside, touches } from './shape.ts'
import type { Fact, Seen } from './types.ts'

/** Since when a bus is in a fence, and whether it was told that it stays. */
export type Inside = { readonly sinceMs: number; readonly dwelled: boolean; readonly name: string }

/** Which fences a bus entered, left, stays in or went through with its next position. */
export function stepFences(
  inside: Readonly<Record<string, Inside>>,
  last: Seen,
  seen: Seen,
  fences: FenceIndex,
): { readonly inside: Readonly<Record<string, Inside>>; readonly facts: readonly Fact[] } {
  const facts: Fact[] = []
  const now: Record<string, Inside> = {}
  for (const [geofenceId, stay] of Object.entries(inside)) {
    const fence = fences.byId(geofenceId)
    // A fence that was taken away is left without a word.
    if (!fence) continue
    if (metersOutside(fence.shape, seen) > LEAVE_METERS) facts.push(factOf('exited', fence))
    else now[geofenceId] = stayed(fence, stay, seen, facts)
  }
  for (const fence of fences.near(last, seen)) {
    if (fence.geofenceId in inside) continue
    if (metersOutside(fence.shape, seen) === 0) {
      facts.push(factOf('entered', fence))
      now[fence.geofenceId] = { sinceMs: seen.timeMs, dwelled: false, name: fence.name }
    } else if (metersOutside(fence.shape, last) > LEAVE_METERS && metersOutside(fence.shape, seen) > LEAVE_METERS) {
      // Close to the border a bus that only brushes it is not told of.
      if (touches(fence.shape, last, seen)) facts.push(factOf('crossed', fence))
    }
  }
  return { inside: now, facts }
}

function stayed(fence: Fence, stay: Inside, seen: Seen, facts: Fact[]): Inside {
  const { dwellMs } = fence
  if (stay.dwelled || dwellMs === undefined || seen.timeMs - stay.sinceMs < dwellMs) return stay
  facts.push(factOf('dwelled', fence))
  return { ...stay, dwelled: true }
}

function factOf(kind: 'entered' | 'exited' | 'dwelled' | 'crossed', { geofenceId, name }: Fence): Fact {
  return { kind, geofenceId, name }
}
