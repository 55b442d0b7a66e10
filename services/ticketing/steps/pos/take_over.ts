import { isConstraint, type Tx } from '#kit'
import { refuse } from '../../errors.ts'
import type { Ctx } from '../../context.ts'
import { auditChain, auditVoids, type Finding, type ReadEntry } from '../../domain/pos/audit.ts'
import { type Entry, type EntryResult, type JournalHead, plainResult } from '../../domain/pos/entry.ts'
import { type Device, lockDevice } from '../../store/pos/devices.ts'
import { shiftCounts, storedEntries } from '../../store/pos/journal.ts'
import { decidedEntries } from '../../store/pos/quarantines.ts'
import { resultFromBytes } from '../../wire/pos/entries.ts'
import { applyEntries, type GoodEntry, SeatsMoved } from './apply_entries.ts'
import { type PlannedSale, planSales } from './plan_sales.ts'
import { keepInQuarantine } from './quarantine.ts'
import { knownDevice } from './reach_device.ts'
import { deviceKeyOf, readEntries } from './signatures.ts'

/** What became of a batch. */
export type TakenBatch = {
  /** One for each entry, in the order in which they were sent. */
  readonly results: readonly EntryResult[]
  readonly head: JournalHead
  /** The quarantine that it is in; undefined when it counts. */
  readonly quarantineId: string | undefined
}

/** Other batches of the device, and buyers of the seats, may come between; then it is looked at anew, so often. */
const ATTEMPTS = 8

type Sent = readonly { readonly body: Uint8Array; readonly signature: Uint8Array }[]

/**
 * Takes a batch of a device's journal over, whole: what the server has already is answered as before, what follows is
 * audited, and counts or is kept in quarantine.
 *
 * @throws {ConnectError} DEVICE_NOT_ENROLLED, TRIP_CHANGED
 */
export async function takeOver(ctx: Ctx, reached: Device, sent: Sent): Promise<TakenBatch> {
  const { deviceId, publicKey } = reached
  if (!publicKey) throw refuse('DEVICE_NOT_ENROLLED', 'this device has no key yet', { device_id: deviceId })
  const entries = await readEntries(deviceKeyOf(publicKey), sent)
  let device = reached
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const batch = await tryTakeOver(ctx, device, entries)
    if (batch) return batch
    device = await knownDevice(ctx, deviceId)
  }
  throw refuse('TRIP_CHANGED', 'the seats of this batch are being sold at this moment; send it again')
}

/** Undefined when something came between. */
async function tryTakeOver(ctx: Ctx, device: Device, entries: readonly ReadEntry[]): Promise<TakenBatch | undefined> {
  const { known, fresh, forks } = await sortEntries(ctx, device, entries)
  if (fresh.length === 0) return { results: inOrder(entries, known), head: device.head, quarantineId: undefined }
  const audit = await auditBatch(ctx, device, fresh, forks)
  const inTransaction = (work: (tx: Tx) => Promise<TakenBatch>) =>
    ctx.db.transaction(async (tx) => {
      const locked = await lockDevice(tx, device.deviceId)
      return locked && isSame(locked, device) ? work(tx) : undefined
    })
  if (audit.findings.length > 0 || device.quarantineId !== undefined) {
    return inTransaction(async (tx) => {
      const quarantineId = await keepInQuarantine(tx, ctx, device, fresh, audit.findings)
      const kept = fresh.map((one) => [one, plainResult(one.entry?.sequence ?? 0, 'QUARANTINED')] as const)
      return { results: inOrder(entries, new Map([...known, ...kept])), head: device.head, quarantineId }
    })
  }
  return unlessMoved(
    inTransaction(async (tx) => {
      const { good, planned } = audit
      const head = headOf(good.at(-1)!.entry)
      const results = await applyEntries(tx, ctx, device, good, planned, head)
      const taken = new Map(good.map((one, i): [ReadEntry, EntryResult] => [one, results[i]!]))
      return { results: inOrder(entries, new Map([...known, ...taken])), head, quarantineId: undefined }
    }),
  )
}

/** Undefined when seats, or a booking code, went to somebody else in the meantime. */
export async function unlessMoved<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (err) {
    if (err instanceof SeatsMoved || isConstraint(err, 'booking_code_key')) return undefined
    throw err
  }
}

/** Where a journal stands whose last entry this is. */
export function headOf({ sequence, hash, deviceTime }: Entry): JournalHead {
  return { sequence, hash, time: deviceTime }
}

function isSame(one: Device, other: Device): boolean {
  const sameHead = one.head.sequence === other.head.sequence && one.head.hash === other.head.hash
  return sameHead && one.state === other.state && one.quarantineId === other.quarantineId
}

type Sorted = {
  readonly known: ReadonlyMap<ReadEntry, EntryResult>
  readonly fresh: readonly ReadEntry[]
  readonly forks: readonly Finding[]
}

/** Parts what the server has from what is new. An entry of a known number that is another one than ours is new, and wrong. */
async function sortEntries(ctx: Ctx, { deviceId, head }: Device, entries: readonly ReadEntry[]): Promise<Sorted> {
  const repeated = entries.flatMap((one) => {
    const { entry } = one
    return entry?.deviceId === deviceId && entry.sequence <= head.sequence ? [{ one, entry }] : []
  })
  if (repeated.length === 0) return { known: new Map(), fresh: entries, forks: [] }
  const numbers = repeated.map(({ entry }) => entry.sequence)
  // All rows: entries of the device that was reached.
  const stored = await storedEntries(ctx.db.system, deviceId, Math.min(...numbers), Math.max(...numbers))
  const others = repeated.filter(({ entry }) => stored.get(entry.sequence)?.hash !== entry.hash)
  const decided = await decidedResults(
    ctx,
    deviceId,
    others.map(({ entry }) => entry.hash),
  )
  const known = new Map<ReadEntry, EntryResult>()
  for (const { one, entry } of repeated) {
    const ours = stored.get(entry.sequence)
    const result = ours?.hash === entry.hash ? ours.result : decided.get(entry.hash)
    if (result) known.set(one, result)
  }
  const forks = others
    .filter(({ one }) => !known.has(one))
    .map(({ entry }) => ({
      reason: 'FORKED' as const,
      detail: `entry ${entry.sequence} is another one than the one that was taken over`,
    }))
  return { known, fresh: entries.filter((one) => !known.has(one)), forks }
}

async function decidedResults(
  ctx: Ctx,
  deviceId: string,
  hashes: readonly string[],
): Promise<Map<string, EntryResult>> {
  if (hashes.length === 0) return new Map()
  // All rows: entries of the device that was reached.
  const kept = await decidedEntries(ctx.db.system, deviceId, hashes)
  return new Map([...kept].flatMap(([hash, { result }]) => (result ? [[hash, resultFromBytes(result)]] : [])))
}

type Audit = {
  readonly findings: readonly Finding[]
  readonly good: readonly GoodEntry[]
  readonly planned: readonly PlannedSale[]
}

async function auditBatch(
  ctx: Ctx,
  device: Device,
  fresh: readonly ReadEntry[],
  forks: readonly Finding[],
): Promise<Audit> {
  const revoked: Finding[] =
    device.state === 'REVOKED' ? [{ reason: 'DEVICE_REVOKED', detail: 'the device was revoked before this came' }] : []
  const chain = auditChain(device.deviceId, device.head, fresh, ctx.clock.now())
  const good = fresh.filter((one): one is GoodEntry => one.entry !== undefined)
  const structural = [...revoked, ...forks, ...chain]
  if (structural.length > 0 || device.quarantineId !== undefined) return { findings: structural, good, planned: [] }
  const entries = good.map(({ entry }) => entry)
  const { planned, doubtful, impossible } = await planSales(ctx, device, entries)
  const findings = [...impossible.values(), ...doubtful, ...(await voidFindings(ctx, device, entries))]
  return { findings, good, planned }
}

async function voidFindings(ctx: Ctx, { deviceId }: Device, entries: readonly Entry[]): Promise<Finding[]> {
  const voids = entries.filter(({ detail }) => detail.kind === 'VOID')
  if (voids.length === 0) return []
  // All rows: entries of the device that was reached.
  const counts = await shiftCounts(ctx.db.system, deviceId, [...new Set(voids.map(({ shiftId }) => shiftId))])
  return auditVoids(entries, counts)
}

/** @throws {Error} when an entry has no result, which cannot be */
function inOrder(entries: readonly ReadEntry[], results: ReadonlyMap<ReadEntry, EntryResult>): EntryResult[] {
  return entries.map((one) => {
    const result = results.get(one)
    if (!result) throw new Error('an entry was taken over without a result')
    return result
  })
}
