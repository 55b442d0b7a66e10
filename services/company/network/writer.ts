import type { NetworkPart } from '#gen/tms/company/v1/network_pb.ts'
import type { Tx } from '#kit'
import { announceTouched } from '../announce.ts'
import type { Ctx } from '../context.ts'
import { type NetworkChange, networkKinds } from '../domain/network.ts'
import type { CompanyRow } from '../store/companies.ts'
import { patternsThrough } from '../store/network.ts'
import { patternsOfRides } from '../store/routes.ts'
import { writeBuses, writeLayouts } from './fleet.ts'
import { writeFares } from './fares.ts'
import { parentsKnown, writePatterns, writeRoutes, writeStops } from './lines.ts'
import { type Run, newRun } from './run.ts'
import { writeCalendars, writeSchedules } from './timetable.ts'

/**
 * Writes a network, part after part, in one transaction.
 *
 * Ids follow from company, kind and key, so that the same network written again changes nothing. Only keys are held in
 * memory, however long the network is.
 *
 * @throws {ConnectError} IMPORT_INVALID for the first entry that breaks a rule or points at nothing; CURRENCY_MISMATCH
 */
export async function writeNetwork(
  ctx: Ctx,
  tx: Tx,
  company: CompanyRow,
  parts: AsyncIterable<NetworkPart> | Iterable<NetworkPart>,
): Promise<NetworkChange[]> {
  const run = newRun(tx, company, ctx.clock.now())
  for await (const part of parts) await writePart(run, part)
  parentsKnown(run)
  await announceChanges(ctx, run)
  return networkKinds.map((kind) => ({ kind, ...run.counts[kind] }))
}

async function writePart(run: Run, part: NetworkPart): Promise<void> {
  await writeLayouts(run, part.layouts)
  await writeBuses(run, part.buses)
  await writeStops(run, part.stops)
  await writeRoutes(run, part.routes)
  await writePatterns(run, part.patterns)
  await writeFares(run, part.fares)
  await writeCalendars(run, part.calendars)
  await writeSchedules(run, part.schedules)
}

/** Trips that exist and say something that has changed are published anew. */
async function announceChanges(ctx: Ctx, { tx, company, touched }: Run): Promise<void> {
  const { tenantId } = company
  const through = await patternsThrough(tx, tenantId, touched)
  const priced = await patternsOfRides(tx, tenantId, touched.rides)
  const patternIds = [...new Set([...touched.patternIds, ...through, ...priced])]
  if (patternIds.length > 0) await announceTouched(ctx, tx, tenantId, { patternIds })
}
