import { type Outside, placements as register, type Suite } from '#kit/testing'
import type { Service } from '#kit'

/** Quick to let go, and to look again whether tickets still hold. */
const LIVE = { TRACKING_LIVE_DRAIN_SECONDS: '0', TRACKING_LIVE_RECHECK_SECONDS: '1' }

type Options<O extends Outside> = Parameters<typeof register<O>>[3]

/** Registers a test of tracking once for each placement; its node takes a free port, unless `outside` names one. */
export function placements<O extends Outside = Outside>(
  title: string,
  services: readonly Service[],
  body: (suite: Suite, outside: O) => Promise<void>,
  options: Options<O> = {},
): void {
  const port: Record<string, string> = options.outside ? {} : { TRACKING_LIVE_PORT: '0' }
  register(title, services, body, { ...options, env: { ...port, ...LIVE, ...options.env } })
}
