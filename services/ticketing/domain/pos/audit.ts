import type { Entry, JournalHead } from './entry.ts'

/** Why entries wait for a manager; what each means is told in `point_of_sale.proto`. */
export type QuarantineReason =
  | 'CHAIN_BROKEN'
  | 'GAP'
  | 'SIGNATURE_BAD'
  | 'FOREIGN_ENTRY'
  | 'CLOCK_MOVED_BACK'
  | 'CLOCK_AHEAD'
  | 'PRICE_DIFFERS'
  | 'TOO_MANY_VOIDS'
  | 'DEVICE_REVOKED'
  | 'MALFORMED'
  | 'FORKED'

/** Something that was found, for a program and for a person. */
export type Finding = { readonly reason: QuarantineReason; readonly detail: string }

/** An entry as it came: what it says, as far as that can be read, and whether the device has signed it. */
export type ReadEntry = {
  readonly body: Uint8Array
  readonly signature: Uint8Array
  readonly hash: string
  readonly entry: Entry | undefined
  readonly signatureGood: boolean
}

/** A device's clock may be so far ahead of ours. */
export const CLOCK_TOLERANCE_MS = 300_000

/**
 * What is wrong with entries that are to follow a head: numbers, hashes, signatures and the clock. Empty when nothing is.
 *
 * An entry that was edited no longer fits its signature; one that was left out leaves a gap; entries that changed places
 * hold each other's hashes.
 */
export function auditChain(
  deviceId: string,
  head: JournalHead,
  entries: readonly ReadEntry[],
  receiveTime: Date,
): Finding[] {
  const findings: Finding[] = []
  let last = head
  for (const one of entries) {
    const { entry } = one
    if (!entry) {
      findings.push({ reason: 'MALFORMED', detail: `the entry after number ${last.sequence} cannot be read` })
      continue
    }
    findings.push(...faultsOf(deviceId, last, one, entry, receiveTime))
    last = { sequence: entry.sequence, hash: entry.hash, time: entry.deviceTime }
  }
  return findings
}

function faultsOf(
  deviceId: string,
  last: JournalHead,
  { signatureGood }: ReadEntry,
  entry: Entry,
  receiveTime: Date,
): Finding[] {
  const at = `entry ${entry.sequence}`
  const ahead = entry.deviceTime.getTime() - receiveTime.getTime()
  const found: (Finding | false)[] = [
    entry.deviceId !== deviceId && { reason: 'FOREIGN_ENTRY', detail: `${at} is of device ${entry.deviceId}` },
    !signatureGood && { reason: 'SIGNATURE_BAD', detail: `${at} is not signed by this device as it stands` },
    entry.sequence !== last.sequence + 1 && { reason: 'GAP', detail: `${at} follows entry ${last.sequence}` },
    entry.previousHash !== last.hash && { reason: 'CHAIN_BROKEN', detail: `${at} does not fit the one before` },
    last.time !== undefined &&
      entry.deviceTime < last.time && {
        reason: 'CLOCK_MOVED_BACK',
        detail: `${at} says ${entry.deviceTime.toISOString()}, the one before ${last.time.toISOString()}`,
      },
    ahead > CLOCK_TOLERANCE_MS && {
      reason: 'CLOCK_AHEAD',
      detail: `${at} says ${entry.deviceTime.toISOString()}, which is yet to come`,
    },
  ]
  return found.filter((one) => one !== false)
}

/** Sales and takings-back of one shift. */
export type ShiftCounts = { readonly sales: number; readonly voids: number }

/** So many slips of the keys happen to anybody. */
const USUAL_VOIDS = 3
/** Of so many sales one may be taken back. */
const SALES_PER_VOID = 5

/** Whether a shift takes back more sales than is usual. */
export function tooManyVoids({ sales, voids }: ShiftCounts): boolean {
  return voids > USUAL_VOIDS && voids * SALES_PER_VOID > sales
}

/**
 * Shifts in which these entries take back too much.
 *
 * @param before what the server has of each shift
 */
export function auditVoids(entries: readonly Entry[], before: ReadonlyMap<string, ShiftCounts>): Finding[] {
  const counts = new Map<string, { sales: number; voids: number; here: number }>()
  for (const { shiftId, detail } of entries) {
    const known = before.get(shiftId)
    const count = counts.get(shiftId) ?? { sales: known?.sales ?? 0, voids: known?.voids ?? 0, here: 0 }
    if (detail.kind === 'SALE') count.sales += 1
    if (detail.kind === 'VOID') {
      count.voids += 1
      count.here += 1
    }
    counts.set(shiftId, count)
  }
  // What a manager has looked at once is not found again, unless there is more of it.
  return [...counts]
    .filter(([, count]) => count.here > 0 && tooManyVoids(count))
    .map(([shiftId, { sales, voids }]) => ({
      reason: 'TOO_MANY_VOIDS',
      detail: `${voids} of ${sales} sales of shift ${shiftId} were taken back`,
    }))
}
