import { CsvError, type Info, parse } from 'csv-parse'
import { pipeline, Readable } from 'node:stream'
import type { Layout, LineReader, Preamble, Row, SettlementLine } from './line.ts'

/** A line that could not be read, and why. Line 0 is the file as a whole. */
export type Fault = { readonly lineNumber: number; readonly description: string }

/** A line with the line of the file on which it ends. */
export type NumberedLine = SettlementLine & { readonly lineNumber: number }

/** What comes out of a file, piece by piece. */
export type Read =
  { readonly preamble: Preamble } | { readonly lines: readonly NumberedLine[] } | { readonly faults: readonly Fault[] }

/** More faults than this are not told: the file is not what it was taken for. */
export const MAX_FAULTS = 20
const BATCH = 2_000
/** The header stands within so many rows, or the file has none. */
const HEADER_ROWS = 30
const MAX_ROW_BYTES = 16_384

/**
 * Reads a settlement file as it streams in: its preamble, then lines in batches, in the order of the file. With a fault
 * nothing more comes but the faults, at the end.
 */
export async function* readSettlementFile(
  layout: Layout,
  currency: string,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Read> {
  const faults: Fault[] = []
  let batch: NumberedLine[] = []
  let reader: LineReader | undefined
  try {
    for await (const row of rowsOf(content)) {
      if (!reader) {
        reader = layout.header(row.cells, currency)
        if (!reader && row.lineNumber > HEADER_ROWS) break
        if (!reader) yield { preamble: layout.preamble(row.cells) }
        continue
      }
      const line = readRow(reader, row, faults)
      if (faults.length >= MAX_FAULTS) break
      if (line && faults.length === 0) batch.push(line)
      if (batch.length < BATCH) continue
      yield { lines: batch }
      batch = []
    }
  } catch (err) {
    faults.push(faultOf(err))
  }
  if (!reader && faults.length === 0) faults.push(headless(layout))
  yield faults.length > 0 ? { faults } : { lines: batch }
}

function readRow(reader: LineReader, { cells, lineNumber }: Row, faults: Fault[]): NumberedLine | undefined {
  try {
    const line = reader(cells)
    return line && { ...line, lineNumber }
  } catch (err) {
    if (!(err instanceof RangeError)) throw err
    faults.push({ lineNumber, description: err.message })
    return undefined
  }
}

/** The rows of a CSV with the line that each ends on; empty rows are left out. */
async function* rowsOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<Row> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
  })
  const done = pipeline(Readable.from(content), parser, () => undefined)
  for await (const { record, info } of done as AsyncIterable<{ record: string[]; info: Info }>) {
    yield { cells: record, lineNumber: info.lines }
  }
}

function faultOf(err: unknown): Fault {
  if (err instanceof RangeError) return { lineNumber: 0, description: err.message }
  if (!(err instanceof CsvError)) throw err
  const lineNumber = typeof err['lines'] === 'number' ? err['lines'] : 0
  return { lineNumber, description: `this is not well-formed CSV: ${err.message}` }
}

function headless({ headerHint }: Layout): Fault {
  return { lineNumber: 0, description: `the file has no header row with a column "${headerHint}" and its companions` }
}
