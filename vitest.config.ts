import { defineConfig } from 'vitest/config'

/** Tests of pure rules, of formats and of the repository itself need no server, and do not wait for one. */
const UNIT = [
  '**/domain/**/*.test.ts',
  'services/kit/values/**/*.test.ts',
  'services/tidy.test.ts',
  '**/*.unit.test.ts',
]

const IGNORED = ['**/node_modules/**', '**/.tms/**', '**/dist/**']

export default defineConfig({
  test: {
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A condition that comes true comes in time, however busy the machine; one second is none on two cores.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      { extends: true, test: { name: 'unit', include: UNIT, exclude: IGNORED } },
      {
        extends: true,
        test: {
          name: 'service',
          include: ['**/*.test.ts'],
          exclude: [...IGNORED, ...UNIT],
          globalSetup: ['services/kit/testing/global-setup.ts'],
          pool: 'forks',
        },
      },
    ],
  },
})
