import type { Session } from '#kit'
import { ticketNumber } from '../domain/booking_code.ts'
import { countAt, countByClass, ridersAt } from '../domain/manifest.ts'
import { masked } from '../domain/masking.ts'
import type { ManifestOf } from '../steps/read_manifest.ts'
import type { Rider } from '../store/manifest.ts'
import { csvOf } from './csv.ts'
import { type PaperLanguage, type Word, words } from './manifest_words.ts'
import { type Column, pdfOf, type Table } from './pdf.ts'

/** Which part of a manifest is written, for whom and in which language. */
export type PaperOptions = {
  /** Only who gets on or off at this call. */
  readonly sequence: number | undefined
  readonly language: PaperLanguage
  readonly reader: Session
}

const PASSENGER_COLUMNS: readonly (readonly [Word, number])[] = [
  ['seat', 0.06],
  ['name', 0.22],
  ['from', 0.12],
  ['to', 0.12],
  ['phone', 0.13],
  ['ticket', 0.11],
  ['state', 0.09],
  ['luggage', 0.06],
  ['note', 0.09],
]

/** The manifest as a table for a spreadsheet: one line for each passenger. */
export function manifestCsv(manifest: ManifestOf, options: PaperOptions): string {
  const headings = ['seat', 'seatClass', 'name', 'from', 'to', 'phone', 'ticket', 'state', 'luggage', 'note'] as const
  const say = speaker(options)
  const rows = ridersAt(manifest.riders, options.sequence).map((rider) => {
    const [seat = '', ...rest] = cellsOf(manifest, rider, options)
    return [seat, say(rider.seatClass), ...rest]
  })
  return csvOf([headings.map(say), ...rows])
}

/** The manifest on paper: bus, driver, seats of each class, who gets on and off where, and everybody by seat. */
export function manifestPdf(manifest: ManifestOf, options: PaperOptions): Promise<Uint8Array> {
  const { sheet, driver, now } = manifest
  const say = speaker(options)
  const time = clockOf(sheet.timeZone)
  const departure = sheet.calls[0]?.departureTime
  return pdfOf({
    title: `${say('manifest')} · ${sheet.companyName}`,
    lines: [
      `${sheet.routeName} → ${sheet.headsign}`,
      `${say('departure')}: ${sheet.serviceDate} ${departure ? time(departure) : ''}`,
      `${say('bus')}: ${sheet.busPlate || '–'}    ${say('driver')}: ${driver.name || driver.userId || '–'}`,
    ],
    tables: [classTable(manifest, say), stopTable(manifest, say, time), passengerTable(manifest, options, say)],
    foot: `${sheet.busPlate} ${sheet.serviceDate}, ${time(now)}`,
    printTime: now,
  })
}

type Say = (word: Word) => string

function speaker({ language }: PaperOptions): Say {
  return (word) => words[word][language]
}

/** Times of day on the clocks of a zone, e.g. `08:05`. */
function clockOf(timeZone: string): (instant: Date) => string {
  const format = new Intl.DateTimeFormat('en', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return (instant) => format.format(instant)
}

function classTable({ sheet, riders }: ManifestOf, say: Say): Table {
  const columns = columnsOf(say, [
    ['seatClass', 0.36],
    ['seats', 0.16],
    ['tickets', 0.16],
    ['BOARDED', 0.16],
    ['NO_SHOW', 0.16],
  ])
  const rows = countByClass(riders, sheet.seatCounts).map((count) => [
    say(count.seatClass),
    ...[count.seats, count.tickets, count.boarded, count.noShow].map(String),
  ])
  return { heading: say('classes'), columns, rows }
}

function stopTable({ sheet, riders }: ManifestOf, say: Say, time: (instant: Date) => string): Table {
  const columns = columnsOf(say, [
    ['stop', 0.4],
    ['time', 0.15],
    ['on', 0.15],
    ['off', 0.15],
    ['BOARDED', 0.15],
  ])
  const rows = sheet.calls.map(({ sequence, stopName, departureTime }) => {
    const { boarding, alighting, boarded } = countAt(riders, sequence)
    return [stopName, time(departureTime), ...[boarding, alighting, boarded].map(String)]
  })
  return { heading: say('stops'), columns, rows }
}

function passengerTable(manifest: ManifestOf, options: PaperOptions, say: Say): Table {
  const rows = ridersAt(manifest.riders, options.sequence).map((rider) => cellsOf(manifest, rider, options))
  return { heading: say('passengers'), columns: columnsOf(say, PASSENGER_COLUMNS), rows }
}

function columnsOf(say: Say, columns: readonly (readonly [Word, number])[]): Column[] {
  return columns.map(([word, share]) => ({ heading: say(word), share }))
}

function cellsOf({ sheet }: ManifestOf, rider: Rider, options: PaperOptions): string[] {
  const stop = (sequence: number) => sheet.calls.find((call) => call.sequence === sequence)?.stopName ?? ''
  return [
    rider.seatLabel,
    rider.passengerName,
    stop(rider.fromSequence),
    stop(rider.toSequence),
    options.reader.can('ticketing.sales.read') ? rider.phone : masked(rider.phone),
    ticketNumber(rider.bookingCode, rider.position),
    words[rider.state][options.language],
    rider.luggageCount === 0 ? '' : String(rider.luggageCount),
    rider.note,
  ]
}
