// Which demands of docs/requirements.md are shown by a passing test, which by a command, and which not yet.
//   npm run requirements [-- --missing]
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { optionsOf, run } from './command/command.ts'
import { idsIn, judge, parseRows, type Shown } from './requirements/rows.ts'
import { storedResults } from './test_results.ts'
import { isTest, projectSources } from './tidy/project.ts'

const PAPERS: Readonly<Record<string, string>> = {
  S1: 'transport management system',
  S2: 'ticket management system 1.3.0',
  S3: 'ride booking for Rwanda',
  S4: 'mobile-money analytics',
}

/** `S1-01, S1-03` under a heading, folded to the width of a terminal. */
function list(heading: string, rows: readonly Shown[]): string {
  if (rows.length === 0) return `  ${heading}: 0`
  const ids = rows.map(({ id }) => id).join(' ')
  return `  ${heading}: ${rows.length}\n${ids.replaceAll(/(.{1,108})(?: |$)/g, '    $1\n').trimEnd()}`
}

function report(paper: string, rows: readonly Shown[]): string {
  const by = (what: Shown['by']): Shown[] => rows.filter((row) => row.by === what)
  const lists = [list('by a passing test', by('test')), list('by a command', by('command'))]
  return [`${paper} ${PAPERS[paper] ?? ''}: ${rows.length} rows`, ...lists, list('not yet', by('nothing')), ''].join(
    '\n',
  )
}

/** Ids that stand in a test's title, whether it ran or not. */
function claimedIds(): Set<string> {
  return new Set(projectSources().flatMap(({ path, text }) => (isTest(path) ? idsIn(text) : [])))
}

function missing(rows: readonly Shown[], claimed: ReadonlySet<string>): string {
  return rows
    .filter(({ by }) => by === 'nothing')
    .map(
      ({ id, what, carriedBy }) =>
        `${id}  ${what}  (${carriedBy})${claimed.has(id) ? ': its test has not passed' : ''}`,
    )
    .join('\n')
}

function summary(rows: readonly Shown[], claimed: ReadonlySet<string>): string {
  const count = (by: Shown['by']): number => rows.filter((row) => row.by === by).length
  const waiting = rows.filter(({ by, id }) => by === 'nothing' && claimed.has(id)).length
  const note = waiting > 0 ? ` (${waiting} of them in a test that has not passed: run \`npm test\`)` : ''
  const total = `${rows.length} rows: ${count('test')} by a passing test, ${count('command')} by a command`
  return `${total}, ${count('nothing')} not yet${note}`
}

await run(() => {
  const { values } = optionsOf('npm run requirements -- [--missing]', { options: { missing: { type: 'boolean' } } })
  process.chdir(resolve(import.meta.dirname, '..'))
  const rows = judge(parseRows(readFileSync('docs/requirements.md', 'utf8')), storedResults())
  const claimed = claimedIds()
  if (values.missing) console.log(missing(rows, claimed))
  else for (const [paper, part] of Map.groupBy(rows, ({ id }) => id.slice(0, 2))) console.log(report(paper, part))
  console.log(summary(rows, claimed))
})
