// Runs every test, or those of the paths given (`npm test -- services/payment`). The last line is the count.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readReport, storeResults, type TestResults } from './test_results.ts'

type Count = { passed: number; failed: number; skipped: number }

const root = resolve(import.meta.dirname, '..')

/** Runs vitest and counts from its report. */
async function runTests(selection: readonly string[]): Promise<Count> {
  // Tests find this as their folder for temporary files, so that those of a broken-off run are removed as well.
  const work = mkdtempSync(join(tmpdir(), 'tms-run-'))
  chmodSync(work, 0o755) // PostgreSQL may run as another user
  const report = join(work, 'report.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const status = await vitest(['run', ...selection, ...reporters], work)
    return countOf(readReport(report, root), status)
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
}

async function vitest(args: readonly string[], temporary: string): Promise<number> {
  const program = join(root, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', TMPDIR: temporary },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}

function countOf(results: TestResults | undefined, status: number): Count {
  if (!results) {
    console.log('vitest ended before it could sum up')
    return { passed: 0, failed: 1, skipped: 0 }
  }
  storeResults(results)
  const count = { passed: 0, failed: 0, skipped: 0 }
  for (const { state } of Object.values(results).flat()) count[state]++
  if (status !== 0 && count.failed === 0) {
    console.log('no test failed, but vitest did: see above')
    count.failed = 1
  }
  return count
}

process.chdir(root)
const { passed, failed, skipped } = await runTests(process.argv.slice(2))
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed > 0 ? 1 : 0
