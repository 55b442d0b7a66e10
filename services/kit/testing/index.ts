/** How services are tested: the same test in memory and over the network, on real servers. */
import { test } from 'vitest'
import type { Service } from '../service.ts'
import { startSuite, type Suite, type SuiteOptions } from './suite.ts'

export { startSuite } from './suite.ts'
export type { Suite, SuiteOptions } from './suite.ts'
export { createTestDatabase } from './database.ts'
export { testIssuer } from './tokens.ts'
export type { TestIssuer, Who } from './tokens.ts'

/** Where the services of a test run: all in this process without a socket, or each behind a listener of its own. */
export type PlacementName = 'memory' | 'network'

/** What a test needs beside the suite, e.g. the sandbox: started before it, ended after it. */
export type Outside = { readonly env?: Readonly<Record<string, string>>; stop?(): Promise<void> }

type PlacementsOptions<O extends Outside> = Omit<SuiteOptions, 'env'> & {
  readonly env?: Readonly<Record<string, string>>
  readonly placements?: readonly PlacementName[]
  readonly timeoutMs?: number
  /** Starts the outside world; its `env` adds to the suite's settings. */
  readonly outside?: () => Promise<O>
}

/**
 * Registers a test once for each placement.
 *
 * A service that is alone in its suite calls nobody: there only the test's own calls cross the network. One placement does
 * for each of its tests, half of them in memory and half over the network, by the letters of their titles; with
 * `TEST_PLACEMENTS=both` they have both.
 *
 * @param title the rule, in words of the trade, with the ids of the requirements that it shows
 */
export function placements<O extends Outside = Outside>(
  title: string,
  services: readonly Service[],
  body: (suite: Suite, outside: O) => Promise<void>,
  options: PlacementsOptions<O> = {},
): void {
  for (const placement of options.placements ?? placementsOf(title, services)) {
    test(`${title} (${placement})`, { timeout: options.timeoutMs ?? 30_000 }, async () => {
      const outside = ((await options.outside?.()) ?? {}) as O
      try {
        const env = { ...outside.env, ...options.env }
        const suite = await startSuite(services, placement === 'network', { ...options, env })
        try {
          await body(suite, outside)
        } finally {
          await suite.stop()
        }
      } finally {
        await outside.stop?.()
      }
    })
  }
}

function placementsOf(title: string, services: readonly Service[]): readonly PlacementName[] {
  if (services.length > 1 || process.env['TEST_PLACEMENTS'] === 'both') return ['memory', 'network']
  const letters = [...title].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
  return [letters % 2 === 0 ? 'memory' : 'network']
}
