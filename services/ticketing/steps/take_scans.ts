import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '#kit'
import { ScanConflictFoundSchema, TicketBoardedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { judgeScan, type OfflineScan, type ScanResult } from '../domain/scan.ts'
import { readTicket } from '../store/boarding.ts'
import {
  boardScanned,
  type FirstScan,
  type JudgedScan,
  keepConflicts,
  keepScans,
  knownResults,
  listConflicts,
  lockTickets,
  type LockedTicket,
  type NewConflict,
  type Upload,
} from '../store/scans.ts'
import { lockLentTickets } from '../store/pos/lent_tickets.ts'
import { conflictToProto } from '../wire/scan.ts'
import { reinstate } from './reinstate.ts'

/** A scan as a device sent it. */
export type SentScan = OfflineScan & { readonly deviceTime: Date }

/** Takes an upload in: good scans board, each counts once, what should not have boarded is kept and told. */
export async function takeScans(
  tx: Tx,
  ctx: Ctx,
  upload: Upload,
  sent: readonly SentScan[],
): Promise<ReadonlyMap<string, ScanResult>> {
  const tickets = await ticketsOf(tx, sent)
  // Read behind the locks: the same upload sent twice at once finds what its twin has written.
  const results = await knownResults(
    tx,
    sent.map(({ scanId }) => scanId),
  )
  const fresh = new Map(sent.filter(({ scanId }) => !results.has(scanId)).map((scan) => [scan.scanId, scan]))
  const found: Found[] = []
  for (const scan of fresh.values()) found.push(await judgeOne(tx, ctx, upload, scan, tickets))
  await write(tx, ctx, upload, found)
  for (const { scan } of found) results.set(scan.scanId, scan.result)
  return results
}

/** The tickets of scans: those that were sold, and those that a counter may have sold whose sales are still to come. */
async function ticketsOf(tx: Tx, sent: readonly SentScan[]): Promise<Map<string, LockedTicket>> {
  const sold = await lockTickets(tx, [...new Set(sent.map(({ ticketId }) => ticketId))])
  const missing = sent.filter(({ ticketId }) => !sold.has(ticketId))
  if (missing.length === 0) return sold
  const lent = await lockLentTickets(tx, missing)
  // Their sales may have come while we waited for the lock.
  const since = await lockTickets(tx, [...lent.keys()])
  return new Map([...sold, ...lent, ...since])
}

type Found = { readonly scan: JudgedScan; readonly first: FirstScan | undefined; readonly boards: boolean }

/** Judges one scan, and remembers in `tickets` what it changes for those that follow. */
async function judgeOne(
  tx: Tx,
  ctx: Ctx,
  upload: Upload,
  scan: SentScan,
  tickets: Map<string, LockedTicket>,
): Promise<Found> {
  const ticket = tickets.get(scan.ticketId)
  const verdict = judgeScan(scan, ticket)
  const result = verdict === 'REINSTATE' ? await takeBack(tx, ctx, scan) : verdict
  const boards = result === 'BOARDED' && ticket?.state !== 'BOARDED'
  if (ticket && boards) tickets.set(scan.ticketId, boardedBy(ticket, scan, upload))
  return { scan: { ...scan, result }, first: result === 'DOUBLE' ? firstOf(ticket) : undefined, boards }
}

/** The passenger was on the bus when it left: the seat is given again if nobody has bought it. */
async function takeBack(tx: Tx, ctx: Ctx, { ticketId, stopSequence }: SentScan): Promise<ScanResult> {
  const line = await readTicket(tx, ticketId)
  return line && (await reinstate(tx, ctx, line, stopSequence)) ? 'BOARDED' : 'SEAT_RESOLD'
}

function boardedBy(ticket: LockedTicket, scan: SentScan, { deviceId, now }: Upload): LockedTicket {
  return {
    ...ticket,
    state: 'BOARDED',
    boardScanId: scan.scanId,
    boardDevice: deviceId,
    boardSequence: scan.stopSequence,
    boardTime: now,
  }
}

function firstOf(ticket: LockedTicket | undefined): FirstScan | undefined {
  if (ticket?.boardScanId === undefined || ticket.boardTime === undefined) return undefined
  const { boardScanId, boardDevice, boardSequence, boardTime } = ticket
  return { scanId: boardScanId, deviceId: boardDevice, sequence: boardSequence, receiveTime: boardTime }
}

async function write(tx: Tx, ctx: Ctx, upload: Upload, found: readonly Found[]): Promise<void> {
  if (found.length === 0) return
  const boarding = found.filter(({ boards }) => boards).map(({ scan }) => scan)
  await boardScanned(tx, upload, boarding)
  await keepScans(
    tx,
    upload,
    found.map(({ scan }) => scan),
  )
  await tellBoarded(tx, upload, boarding)
  const wrong = found
    .filter(({ scan }) => scan.result !== 'BOARDED')
    .map(({ scan, first }): NewConflict => ({ conflictId: ctx.newId(), scan, first }))
  if (wrong.length > 0) await report(tx, upload, wrong)
  tx.afterCommit(() => ctx.happened('scans_uploaded', { scans: found.length, conflicts: wrong.length }))
}

async function tellBoarded(tx: Tx, { tenantId, deviceId, now }: Upload, scans: readonly JudgedScan[]): Promise<void> {
  await tx.publishAll(
    TicketBoardedSchema,
    scans.map(({ ticketId, tripId, stopSequence }) => ({
      key: ticketId,
      message: { tenantId, ticketId, tripId, boardTime: timestampFromDate(now), deviceId, stopSequence },
    })),
  )
}

async function report(tx: Tx, upload: Upload, wrong: readonly NewConflict[]): Promise<void> {
  await keepConflicts(tx, upload, wrong)
  const scanIds = wrong.map(({ scan }) => scan.scanId)
  const kept = await listConflicts(tx, { tripId: undefined, scanIds, limit: wrong.length, after: undefined })
  await tx.publishAll(
    ScanConflictFoundSchema,
    kept.map((conflict) => ({
      key: conflict.ticketId,
      message: { tenantId: upload.tenantId, conflict: conflictToProto(conflict) },
    })),
  )
}
