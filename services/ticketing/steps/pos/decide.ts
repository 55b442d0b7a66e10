import type { Tx } from '#kit'
import type { Ctx } from '../../context.ts'
import type { ReadEntry } from '../../domain/pos/audit.ts'
import { type EntryResult, plainResult } from '../../domain/pos/entry.ts'
import { type Device, moveHead } from '../../store/pos/devices.ts'
import { type KeptEntry, keepResults } from '../../store/pos/quarantines.ts'
import { readEntry, resultToBytes } from '../../wire/pos/entries.ts'
import { applyEntries, type GoodEntry } from './apply_entries.ts'
import { planSales, type PlannedSale } from './plan_sales.ts'
import { headOf } from './take_over.ts'

/** What a decision makes of the entries of a quarantine; nothing of it is written yet. */
export type DecisionPlan = {
  readonly kept: readonly KeptEntry[]
  /** Those that will count, by their numbers. */
  readonly counting: readonly GoodEntry[]
  readonly planned: readonly PlannedSale[]
  /** Why the others do not, by their places. */
  readonly rejected: ReadonlyMap<number, string>
  /** The last entry that is the device's own: from there its journal goes on. */
  readonly last: GoodEntry | undefined
}

/** Works out what becomes of the entries of a quarantine. Writes nothing. */
export async function planDecision(
  ctx: Ctx,
  device: Device,
  kept: readonly KeptEntry[],
  release: boolean,
): Promise<DecisionPlan> {
  const rejected = new Map<number, string>()
  const own: (GoodEntry & { readonly position: number })[] = []
  const numbers = new Set<number>()
  for (const one of kept) {
    const read = readKept(one)
    const fault = faultOf(device, read, numbers)
    if (fault === undefined && read.entry) {
      numbers.add(read.entry.sequence)
      own.push({ ...read, entry: read.entry, position: one.position })
    } else rejected.set(one.position, fault ?? 'it cannot be read')
  }
  // Entries that changed places on their way are the device's own all the same.
  own.sort((a, b) => a.entry.sequence - b.entry.sequence)
  const last = own.at(-1)
  if (!release) {
    for (const { position } of own) rejected.set(position, 'a manager has looked at it')
    return { kept, counting: [], planned: [], rejected, last }
  }
  const { planned, impossible } = await planSales(
    ctx,
    device,
    own.map(({ entry }) => entry),
  )
  for (const { entry, position } of own) {
    const fault = impossible.get(entry.sequence)
    if (fault) rejected.set(position, fault.detail)
  }
  return { kept, counting: own.filter(({ position }) => !rejected.has(position)), planned, rejected, last }
}

function readKept({ body, signature, signatureGood, hash }: KeptEntry): ReadEntry {
  return { body, signature, signatureGood, hash, entry: readEntry(body, hash) }
}

function faultOf({ deviceId, head }: Device, { entry, signatureGood }: ReadEntry, numbers: ReadonlySet<number>) {
  if (!entry) return 'it cannot be read'
  if (entry.deviceId !== deviceId) return 'it is of another device'
  if (!signatureGood) return 'it is not signed by the device as it stands'
  if (entry.sequence <= head.sequence) return 'another entry of this number was taken over'
  return numbers.has(entry.sequence) ? 'another entry of this number came first' : undefined
}

/**
 * Writes a decision down, in the transaction given: what counts is taken over, and the device goes on behind it.
 *
 * @returns what became of each entry, in the order in which they came
 */
export async function writeDecision(
  tx: Tx,
  ctx: Ctx,
  device: Device,
  quarantineId: string,
  plan: DecisionPlan,
): Promise<EntryResult[]> {
  const head = plan.last ? headOf(plan.last.entry) : device.head
  const counted =
    plan.counting.length > 0
      ? await applyEntries(tx, ctx, device, plan.counting, plan.planned, head)
      : await moveHead(tx, device.deviceId, head, ctx.clock.now()).then(() => [])
  const bySequence = new Map(counted.map((result) => [result.sequence, result]))
  const results = plan.kept.map((one) => {
    const { entry } = readKept(one)
    const sequence = entry?.sequence ?? 0
    const why = plan.rejected.get(one.position)
    return why === undefined ? bySequence.get(sequence)! : plainResult(sequence, 'REJECTED', why)
  })
  await keepResults(
    tx,
    quarantineId,
    results.map((result, i) => ({ position: plan.kept[i]!.position, result: resultToBytes(result) })),
  )
  return results
}
