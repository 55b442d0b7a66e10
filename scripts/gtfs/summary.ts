import type { NetworkChange } from '#gen/tms/company/v1/network_pb.ts'
import type { Feed } from './feed.ts'
import type { Note, Report } from './report.ts'

/** What came of an import. */
export type Outcome = {
  readonly feed: Feed
  readonly report: Report
  readonly changes: readonly Pick<NetworkChange, 'kind' | 'createdCount' | 'updatedCount' | 'unchangedCount'>[]
  readonly trips: TripOutcome
}

/** What came of making trips. */
export type TripOutcome = {
  readonly createdCount: number
  readonly existingCount: number
  readonly withoutDeparturesCount: number
  readonly firstDate: string
  readonly lastDate: string
}

/** The summary of an import: rows read, what was written, mended and refused, and the trips made. */
export function summaryOf({ feed, report, changes, trips }: Outcome): string {
  return [
    `Read from ${feed.agencyName} (${feed.timeZone})`,
    ...rowLines(feed),
    'Written',
    ...changes.filter(({ kind }) => !['layouts', 'buses'].includes(kind)).map(changeLine),
    ...section('Mended', report.mendedNotes),
    ...section('Refused', report.refusedNotes),
    'Trips',
    ...tripLines(feed, trips),
  ].join('\n')
}

function rowLines({ rows }: Feed): string[] {
  return Object.entries(rows)
    .filter(([, count]) => count > 0)
    .map(([file, count]) => `  ${file.padEnd(20)} ${number(count)} rows`)
}

function changeLine({ kind, createdCount, updatedCount, unchangedCount }: Outcome['changes'][number]): string {
  const total = createdCount + updatedCount + unchangedCount
  const parts = `${number(createdCount)} new, ${number(updatedCount)} changed, ${number(unchangedCount)} unchanged`
  return `  ${kind.padEnd(20)} ${number(total)} (${parts})`
}

function section(title: string, notes: readonly Note[]): string[] {
  if (notes.length === 0) return [title, '  nothing']
  return [title, ...notes.map(noteLine)]
}

function noteLine({ what, file, firstLine, count }: Note): string {
  const where = firstLine === undefined ? file : `${file} line ${firstLine}${count > 1 ? ' and on' : ''}`
  return `  ${number(count)} × ${what} (${where})`
}

function tripLines(feed: Feed, trips: TripOutcome): string[] {
  const { createdCount, existingCount, withoutDeparturesCount, firstDate, lastDate } = trips
  const lines = [
    `  ${number(createdCount)} made, ${number(existingCount)} there before, from ${firstDate} to ${lastDate}`,
  ]
  const end =
    [...feed.calendars.values()]
      .map(({ endDate }) => endDate)
      .sort()
      .at(-1) ?? ''
  if (end < firstDate) lines.push(`  the feed's calendars ended on ${end}`)
  if (withoutDeparturesCount > 0) {
    lines.push(`  ${number(withoutDeparturesCount)} schedules of the company make none: their departures are not known`)
  }
  return lines
}

const number = (count: number) => count.toLocaleString('en')
