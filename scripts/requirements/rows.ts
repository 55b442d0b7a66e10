import type { TestResults } from '../test_results.ts'

/** One demand of docs/requirements.md. */
export type Row = {
  readonly id: string
  readonly what: string
  readonly carriedBy: string
  /** The command that shows it, or empty. */
  readonly command: string
}

/** A row and what shows it. */
export type Shown = Row & { readonly by: 'test' | 'command' | 'nothing' }

/**
 * Reads the tables of docs/requirements.md.
 *
 * @throws {Error} on an id that stands twice, or a row with another number of cells.
 */
export function parseRows(text: string): Row[] {
  const rows = text.split('\n').flatMap((line, index) => (/^\| S\d-\d+ /.test(line) ? [parseRow(line, index + 1)] : []))
  const twice = rows.find((row, index) => rows.findIndex(({ id }) => id === row.id) !== index)
  if (twice) throw new Error(`docs/requirements.md: ${twice.id} stands twice`)
  return rows
}

function parseRow(line: string, lineNumber: number): Row {
  const cells = line.split(/(?<!\\)\|/).slice(1, -1)
  if (cells.length !== 5) throw new Error(`docs/requirements.md:${lineNumber} has ${cells.length} cells instead of 5`)
  const [id, what, carriedBy, , command] = cells.map((cell) => cell.trim()) as [string, string, string, string, string]
  return { id, what, carriedBy, command: command.replaceAll('`', '') }
}

/** The ids of rows in a test's title: `sells once [S1-23, S2-101]`. */
export function idsIn(text: string): string[] {
  return [...text.matchAll(/\[((?:S\d-\d+)(?:,\s*S\d-\d+)*)\]/g)].flatMap((match) => match[1]?.split(/,\s*/) ?? [])
}

/** Says of every row what shows it: a test that passed, every test of its id passing or skipped; else its command. */
export function judge(rows: readonly Row[], results: TestResults): Shown[] {
  const tests = Object.values(results).flat()
  const passed = new Set(tests.filter(({ state }) => state === 'passed').flatMap(({ title }) => idsIn(title)))
  const failed = new Set(tests.filter(({ state }) => state === 'failed').flatMap(({ title }) => idsIn(title)))
  return rows.map((row) => {
    if (passed.has(row.id) && !failed.has(row.id)) return { ...row, by: 'test' }
    return { ...row, by: row.command === '' || failed.has(row.id) ? 'nothing' : 'command' }
  })
}
