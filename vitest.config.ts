import { defineConfig } from 'vitest/config'
import { isDriverFault } from './services/main/driver_fault.ts'

/** Tests of pure rules, of formats and of the repository itself need no server, and do not wait for one. */
const UNIT = [
  '**/domain/**/*.test.ts',
  'services/kit/values/**/*.test.ts',
  'services/tidy.test.ts',
  '**/*.unit.test.ts',
]

const IGNORED = ['**/node_modules/**', '**/.tms/**', '**/dist/**']

/** Tests that weigh their own process: each has one of its own. The others share theirs: loading the suite anew for each file took a fifth of the run. */
const ALONE = ['services/tracking/live/memory.test.ts']

/** Real servers for the run, and time to wait for them. */
const ON_SERVERS = { globalSetup: ['services/kit/testing/global-setup.ts'], pool: 'forks' as const }

export default defineConfig({
  test: {
    maxWorkers: 2,
    // Of the stories that may run beside each other: more of them would only wait for the same processors.
    maxConcurrency: 2,
    // As a running suite does: all else that nobody catches fails the run.
    onUnhandledError: (error) => !isDriverFault(error),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A condition that comes true comes in time, however busy the machine; one second is none on two cores.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      { extends: true, test: { name: 'unit', isolate: false, include: UNIT, exclude: IGNORED } },
      {
        extends: true,
        test: {
          name: 'service',
          include: ['**/*.test.ts'],
          exclude: [...IGNORED, ...UNIT, ...ALONE],
          isolate: false,
          ...ON_SERVERS,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE, exclude: IGNORED, ...ON_SERVERS } },
    ],
  },
})
