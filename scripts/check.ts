// Everything that can be said of the project without running it. Shows every fault of every check, not only the first.
import { breakingChanges } from './check/breaking.ts'
import { command, node, type Finding } from './check/command.ts'
import { generatedCode } from './check/generated.ts'
import { lockFile } from './check/lock_file.ts'
import { moneyKeys } from './check/money_keys.ts'
import { secrets } from './check/secrets.ts'

type Check = { readonly name: string; readonly run: () => Finding | Promise<Finding> }

/** The slowest first, so that two at a time end together. */
const CHECKS: readonly Check[] = [
  { name: 'eslint', run: () => node('node_modules/eslint/bin/eslint.js', '.') },
  { name: 'formatting', run: () => node('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.') },
  { name: 'generated code', run: generatedCode },
  { name: 'types', run: () => node('node_modules/typescript7/bin/tsc', '-p', '.') },
  {
    name: 'tidiness',
    run: () => node('node_modules/vitest/vitest.mjs', 'run', '--project=unit', 'services/tidy.test.ts'),
  },
  { name: 'contracts', run: () => command('buf', 'lint') },
  { name: 'formatting of contracts', run: () => command('buf', 'format', '-d', '--exit-code') },
  { name: 'breaking changes of contracts', run: breakingChanges },
  { name: 'keys of money', run: moneyKeys },
  { name: 'lock file', run: lockFile },
  { name: 'secrets', run: secrets },
]

/** Runs checks one after the other from a queue that is shared. Returns the names of those that found a fault. */
async function work(queue: Iterator<Check>): Promise<string[]> {
  const failed: string[] = []
  for (let next = queue.next(); !next.done; next = queue.next()) {
    const { name, run } = next.value
    const begin = performance.now()
    const { ok, said } = await run()
    const seconds = ((performance.now() - begin) / 1000).toFixed(1)
    console.log(`${ok ? 'ok    ' : 'FAULTS'} ${name} (${seconds} s)${describe(ok, said)}`)
    if (!ok) failed.push(name)
  }
  return failed
}

function describe(ok: boolean, said: string): string {
  if (!ok) return `\n${said.replaceAll(/^/gm, '    ')}\n`
  return said.startsWith('skipped') ? `, ${said}` : ''
}

const queue = CHECKS.values()
const failed = (await Promise.all([work(queue), work(queue)])).flat()
console.log(failed.length === 0 ? 'all checks passed' : `faults found by: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
