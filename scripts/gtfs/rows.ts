import { CsvError, parse } from 'csv-parse'
import type { Archive } from './archive.ts'
import { FeedRefused, type Report } from './report.ts'
import { Row, RowFault } from './row.ts'

/** What reading a table needs. */
export type Source = {
  readonly archive: Archive
  readonly report: Report
  /** Is told of bytes that have been read. */
  readonly onBytes: (bytes: number) => void
}

/** Longest row of a table; the longest real one seen has 900 bytes. */
const MAX_ROW_BYTES = 64 * 1024

/** Most rows of a table: ten times the largest national feed's trips, a bound on what is held in memory. */
const MAX_ROWS = 4_000_000

/**
 * Reads a table row by row and hands each to `take`. Returns how many were read; 0 when the file is not there.
 *
 * A row that `take` refuses, or that has too many or too few fields, becomes a fault with its line, and reading goes on.
 *
 * @throws {FeedRefused} for a table that is no CSV, lacks a column, or has too many faults
 */
export async function readTable(
  { archive, report, onBytes }: Source,
  file: string,
  columns: readonly string[],
  take: (row: Row) => void,
): Promise<number> {
  if (!archive.files.has(file)) return 0
  const refuse = (line: number | undefined, detail: string) => new FeedRefused([{ file, line, detail }])
  const input = await archive.read(file).catch((err: unknown) => {
    throw refuse(undefined, `cannot be unpacked (${messageOf(err)})`)
  })
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
  })
  input.on('data', (chunk: Buffer) => onBytes(chunk.length))
  input.once('data', (chunk: Buffer) => {
    if (chunk.includes('\r\n')) report.mended('lines end in CR LF', file, 1)
  })
  input.on('error', (err) => parser.destroy(err))
  input.pipe(parser)
  let header: Header | undefined
  let rows = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      if (header === undefined) {
        header = readHeader(file, record, columns)
        continue
      }
      if (++rows > MAX_ROWS) throw refuse(info.lines, `more than ${MAX_ROWS} rows`)
      takeRow(report, file, header, record, info.lines, take)
    }
  } catch (err) {
    if (err instanceof FeedRefused) throw err
    throw refuse(lineOf(err), describe(err))
  } finally {
    input.destroy()
  }
  if (header === undefined) throw refuse(1, 'is empty')
  return rows
}

type Parsed = { readonly record: string[]; readonly info: { readonly lines: number } }
type Header = ReadonlyMap<string, number>

function readHeader(file: string, record: readonly string[], required: readonly string[]): Header {
  const names = record.map((name) => name.trim())
  const refuse = (detail: string) => new FeedRefused([{ file, line: 1, detail }])
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) !== i)
  if (twice !== undefined) throw refuse(`the column ${twice} is there twice`)
  const missing = required.filter((name) => !names.includes(name))
  if (missing.length > 0) throw refuse(`the column ${missing.join(', ')} is missing`)
  return new Map(names.map((name, i) => [name, i]))
}

function takeRow(
  report: Report,
  file: string,
  header: Header,
  record: string[],
  line: number,
  take: (row: Row) => void,
): void {
  try {
    // Trailing commas are harmless; a field too few or too many in the middle shifts all that follows.
    const extra = record.slice(header.size).some((value) => value !== '')
    if (record.length < header.size || extra) {
      throw new RowFault(`${record.length} fields where the header has ${header.size}`)
    }
    take(new Row(report, file, line, header, record))
  } catch (err) {
    if (!(err instanceof RowFault)) throw err
    report.fault(file, line, err.message)
  }
}

function lineOf(err: unknown): number | undefined {
  const lines = err instanceof CsvError ? (err as CsvError & { lines?: unknown }).lines : undefined
  return typeof lines === 'number' ? lines : undefined
}

function describe(err: unknown): string {
  if (err instanceof CsvError && err.code === 'CSV_MAX_RECORD_SIZE') {
    return `a row is longer than ${MAX_ROW_BYTES / 1024} kB: this is not a table`
  }
  return err instanceof CsvError ? `is not CSV (${err.message})` : `cannot be unpacked (${messageOf(err)})`
}

const messageOf = (err: unknown) => (err instanceof Error ? err.message : String(err))
