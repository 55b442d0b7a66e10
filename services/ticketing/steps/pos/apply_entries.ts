import type { Tx } from '#kit'
import type { Ctx } from '../../context.ts'
import type { ReadEntry } from '../../domain/pos/audit.ts'
import { cashOf, type Entry, type EntryResult, type JournalHead, plainResult } from '../../domain/pos/entry.ts'
import { sellFree, sellLent, writeSeatless } from '../../store/pos/counter_sales.ts'
import { type Device, moveHead } from '../../store/pos/devices.ts'
import { insertEntries, soldEntries, type TakenEntry } from '../../store/pos/journal.ts'
import { owePosting, type Posting } from '../../store/pos/postings.ts'
import { boardScannedBefore } from '../../store/scans.ts'
import type { PlannedSale } from './plan_sales.ts'
import { postSales } from './post_sales.ts'
import { type SoldBefore, takeBack } from './take_back.ts'
import { tellSales } from './tell_sales.ts'

/** Seats went to somebody else since it was worked out who sits where: work it out anew. */
export class SeatsMoved extends Error {}

/** An entry that can be read. */
export type GoodEntry = ReadEntry & { readonly entry: Entry }

/**
 * Takes entries over, in the transaction given: sales, what is taken back, the journal, its head, and what is to be posted.
 *
 * @param planned of every sale among them
 * @param head where the journal stands afterwards
 * @throws {SeatsMoved} when a planned seat is not to be had any more
 */
export async function applyEntries(
  tx: Tx,
  ctx: Ctx,
  device: Device,
  entries: readonly GoodEntry[],
  planned: readonly PlannedSale[],
  head: JournalHead,
): Promise<EntryResult[]> {
  const now = ctx.clock.now()
  const { tenantId, deviceId } = device
  await writeSales(tx, tenantId, planned, now)
  const results = new Map(planned.map(({ result }) => [result.sequence, result]))
  const sold = await salesTakenBack(tx, entries, planned)
  for (const { entry } of entries) {
    if (entry.detail.kind !== 'VOID' && entry.detail.kind !== 'REFUND') continue
    results.set(entry.sequence, await takeBack(tx, ctx, entry, entry.detail, sold.get(entry.detail.saleId)))
  }
  const taken = entries.map((one) => takenOf(one, results.get(one.entry.sequence), sold))
  if (taken.length > 0) await insertEntries(tx, tenantId, taken, now)
  await moveHead(tx, deviceId, head, now)
  await tellSales(tx, device, planned)
  if (planned.length > 0) await owe(tx, ctx, device, planned, now)
  tx.afterCommit(() => ctx.happened('journal_entries_taken', { device_id: deviceId, entries: taken.length }))
  return taken.map(({ result }) => result)
}

async function writeSales(tx: Tx, tenantId: string, planned: readonly PlannedSale[], now: Date): Promise<void> {
  const salesFrom = (from: PlannedSale['from']) => planned.filter((one) => one.from === from).map(({ sale }) => sale)
  const [lent, free, seatless] = [salesFrom('LENT'), salesFrom('FREE'), salesFrom('NOWHERE')]
  if (lent.length > 0 && (await sellLent(tx, tenantId, lent, now)) < lent.length) throw moved()
  if (free.length > 0 && (await sellFree(tx, tenantId, free, now)) < free.length) throw moved()
  if (seatless.length > 0) await writeSeatless(tx, tenantId, seatless, now)
  const tickets = [...lent, ...free].flatMap(({ ticket }) => ticket?.ticketId ?? [])
  // The bus may be heard of before the counter is.
  if (tickets.length > 0) await boardScannedBefore(tx, tickets)
}

function moved() {
  return new SeatsMoved('a seat went to somebody else meanwhile')
}

/** The sales that these entries take back: those of the same batch, which no journal has yet, and earlier ones. */
async function salesTakenBack(
  tx: Tx,
  entries: readonly GoodEntry[],
  planned: readonly PlannedSale[],
): Promise<Map<string, SoldBefore>> {
  const wanted = entries.flatMap(({ entry: { detail } }) =>
    detail.kind === 'VOID' || detail.kind === 'REFUND' ? [detail.saleId] : [],
  )
  if (wanted.length === 0) return new Map()
  const sold = new Map<string, SoldBefore>(await soldEntries(tx, wanted))
  for (const { entry, sale, result } of planned) {
    const { saleId, deviceId, currency, priceMinor } = sale
    const { shiftId } = entry
    sold.set(saleId, { saleId, deviceId, shiftId, currency, priceMinor, outcome: result.outcome, paidBack: false })
  }
  return sold
}

function takenOf(
  { entry, body, signature }: GoodEntry,
  decided: EntryResult | undefined,
  sold: ReadonlyMap<string, SoldBefore>,
): TakenEntry {
  const result = decided ?? plainResult(entry.sequence, 'RECORDED')
  const { detail } = entry
  // Money that was given out although it could not be taken back is the agent's to explain: the drawer must still have it.
  const cashMinor = result.outcome === 'REFUSED' ? 0n : cashOf(entry, (saleId) => sold.get(saleId)?.priceMinor)
  const currency =
    detail.kind === 'SALE'
      ? detail.price.currency
      : (detail.amount?.currency ?? ('saleId' in detail ? sold.get(detail.saleId)?.currency : undefined) ?? NO_CURRENCY)
  return { entry, body, signature, result, currency, cashMinor }
}

/** ISO 4217 for "no currency": of an entry that takes back what was never sold. */
const NO_CURRENCY = 'XXX'

async function owe(tx: Tx, ctx: Ctx, device: Device, planned: readonly PlannedSale[], now: Date): Promise<void> {
  const sequences = planned.map(({ entry }) => entry.sequence)
  const posting: Posting = {
    postingId: ctx.newId(),
    tenantId: device.tenantId,
    deviceId: device.deviceId,
    firstSequence: Math.min(...sequences),
    lastSequence: Math.max(...sequences),
  }
  await owePosting(tx, posting, now)
  tx.afterCommit(() => postSales(ctx, [posting]))
}
