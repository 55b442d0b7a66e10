import { Code, ConnectError } from '@connectrpc/connect'
import { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { addDays, serviceDateOf } from '#kit'
import { openArchive } from './archive.ts'
import type { Feed } from './feed.ts'
import { networkOf } from './network.ts'
import type { ImportOptions } from './options.ts'
import type { Progress } from './progress.ts'
import { bytesToRead, readFeed } from './read.ts'
import { Report } from './report.ts'
import { type ClientOf, companyNamed } from './session.ts'
import type { Outcome, TripOutcome } from './summary.ts'
import { uploadNetwork } from './upload.ts'

/** Longest time that a day's trips may take; the gateway may set less. A large city has 35,000. */
const DAY_TIMEOUT_MS = 120_000

/** What an import is told. */
export type ImportOrder = Pick<ImportOptions, 'file' | 'companySlug' | 'dayCount'>

/**
 * Imports a feed as a company's network and makes its first trips.
 *
 * The network is written in one transaction, trips day by day after it: when a feed is refused the company is as before.
 *
 * @param connect signs in; called when the feed was read and found good
 * @throws {FeedRefused} for a feed that cannot be taken
 */
export async function importFeed(
  connect: () => Promise<ClientOf>,
  order: ImportOrder,
  progress: Progress,
  now: Date,
): Promise<Outcome> {
  const report = new Report()
  const feed = await readFile(order.file, report, progress)
  const client = await connect()
  const { currency, timeZone } = await companyNamed(client, order.companySlug)
  const network = networkOf(feed, currency, report)
  const changes = await uploadNetwork(client(NetworkService), order.file, network, (sent) =>
    progress.show('writing', sent, network.parts.length),
  )
  const trips = await makeTrips(client, serviceDateOf(now, timeZone), order.dayCount, progress)
  progress.end()
  return { feed, report, changes, trips }
}

async function readFile(file: string, report: Report, progress: Progress): Promise<Feed> {
  const archive = await openArchive(file, report)
  try {
    const total = bytesToRead(archive)
    let read = 0
    return await readFeed(archive, report, (bytes) => progress.show('reading', (read += bytes), total))
  } finally {
    archive.close()
  }
}

async function makeTrips(
  client: ClientOf,
  firstDate: string,
  dayCount: number,
  progress: Progress,
): Promise<TripOutcome> {
  const timetable = client(TimetableService)
  const total = { createdCount: 0, existingCount: 0, withoutDeparturesCount: 0 }
  for (let day = 0; day < dayCount; day++) {
    const request = { fromDate: addDays(firstDate, day), dayCount: 1 }
    const made = await untilDone(() => timetable.generateTrips(request, { timeoutMs: DAY_TIMEOUT_MS }))
    total.createdCount += made.createdCount
    total.existingCount += made.existingCount
    total.withoutDeparturesCount = made.withoutDeparturesCount
    progress.show('making trips', day + 1, dayCount)
  }
  return { ...total, firstDate, lastDate: addDays(firstDate, Math.max(0, dayCount - 1)) }
}

/** Attempts at one day; each goes on where the one before ran out of time. */
const DAY_ATTEMPTS = 10

async function untilDone<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (err) {
      const ranOut = err instanceof ConnectError && err.code === Code.DeadlineExceeded
      if (!ranOut || attempt === DAY_ATTEMPTS) throw err
    }
  }
}
