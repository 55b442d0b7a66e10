import { parseGtfsDate, parseGtfsTime } from '#kit'
import type { Report } from './report.ts'

/** One row of a table breaks a rule; the reader adds file and line. */
export class RowFault extends Error {}

const LONGEST_TEXT = 300

/** A row of a table: reads its fields as what the standard says they are. Every reader throws {@link RowFault}. */
export class Row {
  readonly line: number
  readonly #report: Report
  readonly #file: string
  readonly #header: ReadonlyMap<string, number>
  readonly #record: readonly string[]

  constructor(
    report: Report,
    file: string,
    line: number,
    header: ReadonlyMap<string, number>,
    record: readonly string[],
  ) {
    this.#report = report
    this.#file = file
    this.line = line
    this.#header = header
    this.#record = record
  }

  /** A text without spaces around it; empty when the column is not there. */
  text(column: string): string {
    const raw = this.#raw(column)
    const trimmed = raw.trim()
    if (trimmed.length !== raw.length) this.mended(`space around ${column}`)
    if (/\p{Cc}/u.test(trimmed)) throw new RowFault(`${column} holds a control character`)
    if (trimmed.length > LONGEST_TEXT) throw new RowFault(`${column} is longer than ${LONGEST_TEXT} characters`)
    return trimmed
  }

  /** A text that may not be empty. */
  required(column: string): string {
    const value = this.text(column)
    if (value === '') throw new RowFault(`${column} is empty`)
    return value
  }

  /** A number within bounds; undefined when empty. */
  number(column: string, min: number, max: number): number | undefined {
    const text = this.text(column)
    if (text === '') return undefined
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN
    if (Number.isNaN(value)) throw new RowFault(`${column} "${text}" is not a number`)
    if (value < min || value > max) throw new RowFault(`${column} ${text} is not from ${min} to ${max}`)
    return value
  }

  /** A whole number within bounds; undefined when empty. */
  integer(column: string, min: number, max: number): number | undefined {
    const value = this.number(column, min, max)
    if (value !== undefined && !Number.isInteger(value)) throw new RowFault(`${column} ${value} is not a whole number`)
    return value
  }

  /** Seconds since the service day began; may pass 24:00:00. Undefined when empty. */
  time(column: string): number | undefined {
    const text = this.text(column)
    if (text === '') return undefined
    if (/^\d:/.test(text)) this.mended(`one-digit hour in ${column}`)
    return this.#read(column, text, 'is not a time HH:MM:SS', parseGtfsTime)
  }

  /** A date, as `2026-11-20`. */
  date(column: string): string {
    return this.#read(column, this.required(column), 'is not a date YYYYMMDD', parseGtfsDate)
  }

  /** Notes that something in this row was put right. */
  mended(what: string): void {
    this.#report.mended(what, this.#file, this.line)
  }

  /** Notes that something in this row is left out. */
  refused(what: string): void {
    this.#report.refused(what, this.#file, this.line)
  }

  #raw(column: string): string {
    const index = this.#header.get(column)
    return index === undefined ? '' : (this.#record[index] ?? '')
  }

  #read<T>(column: string, text: string, otherwise: string, parse: (text: string) => T): T {
    try {
      return parse(text)
    } catch {
      throw new RowFault(`${column} "${text}" ${otherwise}`)
    }
  }
}
