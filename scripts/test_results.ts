import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'

/** How a test ended, under its full title. */
export type TestResult = { readonly title: string; readonly state: 'passed' | 'failed' | 'skipped' }

/** The tests of each file, from its latest run. */
export type TestResults = Readonly<Record<string, readonly TestResult[]>>

/** What vitest's JSON reporter writes; only what is read here. */
type VitestReport = {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

const RESULTS_FILE = '.tms/test-results.json'

/** Reads vitest's report, or undefined when it ended before writing one. */
export function readReport(path: string, root: string): TestResults | undefined {
  if (!existsSync(path)) return undefined
  const report = JSON.parse(readFileSync(path, 'utf8')) as VitestReport
  return Object.fromEntries(report.testResults.map((file) => [relative(root, file.name), testsOf(file)]))
}

function testsOf(file: VitestReport['testResults'][number]): readonly TestResult[] {
  const tests = file.assertionResults.map((test) => ({ title: test.fullName, state: stateOf(test.status) }))
  const unexplained = file.status === 'failed' && !tests.some((test) => test.state === 'failed')
  // A file that could not be loaded, or whose hooks failed, has no failed test to name.
  return unexplained ? [...tests, { title: 'the file itself', state: 'failed' }] : tests
}

function stateOf(status: string): TestResult['state'] {
  return status === 'passed' || status === 'failed' ? status : 'skipped'
}

/** The results kept from the latest run of each test file that still exists. */
export function storedResults(): TestResults {
  if (!existsSync(RESULTS_FILE)) return {}
  const stored = JSON.parse(readFileSync(RESULTS_FILE, 'utf8')) as TestResults
  return Object.fromEntries(Object.entries(stored).filter(([file]) => existsSync(file)))
}

/** Keeps the results of the files that ran, and those of the others from their latest run. */
export function storeResults(results: TestResults): void {
  mkdirSync(dirname(RESULTS_FILE), { recursive: true })
  writeFileSync(RESULTS_FILE, JSON.stringify({ ...storedResults(), ...results }, undefined, 1))
}
