import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '../../../../deploy/local/index.ts'
import type { ServiceName } from '../../../../services/roster.ts'

/** One line of a service's log, as far as a journey reads it. */
export type LogLine = { readonly service?: string; readonly correlationId?: string; readonly msg?: string }

/** Services in a process of their own. */
export type Place = {
  /** Everything that it has logged, over all its lives. */
  readonly logs: readonly LogLine[]
  start(): Promise<void>
  /** How long its last start took, until it served. */
  startMs(): number
  /** Without a warning, as a machine fails. */
  kill(): Promise<void>
  /** As an operator does. */
  stop(): Promise<void>
}

/** Which services run together, and where the others find them. */
export type Places = Readonly<Record<string, readonly ServiceName[]>>

const ROOT = resolve(import.meta.dirname, '../../../..')
const READY_MS = 90_000

/** Places that know each other, and where each service answers. */
export type Neighbourhood<P extends Places> = {
  readonly places: { readonly [Name in keyof P]: Place }
  readonly urlOf: (service: string) => string | undefined
}

/** Gives each place a port and a folder of its own below `dir`, and tells all of them the ports of all; nothing is started yet. */
export async function placesOf<P extends Places>(
  layout: P,
  dir: string,
  env: Readonly<Record<string, string>>,
): Promise<Neighbourhood<P>> {
  const ports: Record<string, number> = {}
  for (const place of Object.keys(layout)) ports[place] = await freePort()
  const placeWith = (service: string) =>
    Object.entries(layout).find(([, services]) => services.some((one) => one === service))?.[0]
  const urlOf = (service: string) => {
    const place = placeWith(service)
    return place === undefined ? undefined : `http://127.0.0.1:${ports[place]}`
  }
  const urls = Object.values(layout).flatMap((services) =>
    services.map((service) => [`${service.toUpperCase()}_URL`, urlOf(service) ?? '']),
  )
  const shared = { ...env, ...(Object.fromEntries(urls) as Record<string, string>) }
  const places = Object.entries(layout).map(([name, services]) => {
    const own = { INNER_PORT: (ports[name] ?? 0).toString(), TMS_DIR: join(dir, name) }
    return [name, placeOf(services, { ...shared, ...own })]
  })
  return { places: Object.fromEntries(places) as Neighbourhood<P>['places'], urlOf }
}

function placeOf(services: readonly string[], env: Readonly<Record<string, string>>): Place {
  const logs: LogLine[] = []
  let running: ChildProcess | undefined
  let startMs = 0
  const end = async (signal: NodeJS.Signals) => {
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    running.kill(signal)
    await once(running, 'exit')
  }
  return {
    logs,
    startMs: () => Math.round(startMs),
    start: async () => {
      const began = performance.now()
      running = spawn(process.execPath, ['services/main.ts', ...services], {
        cwd: ROOT,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      if (running.stderr) createInterface(running.stderr).on('line', (line) => logs.push(lineOf(line)))
      await ready(running, logs)
      startMs = performance.now() - began
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}

function lineOf(text: string): LogLine {
  return text.startsWith('{') ? (JSON.parse(text) as LogLine) : { msg: text }
}

/**
 * Waits for the lines that tell a person that all is up.
 *
 * @throws {Error} with the last words of a process that ends or does not come up
 */
async function ready(running: ChildProcess, logs: readonly LogLine[]): Promise<void> {
  const patience = AbortSignal.timeout(READY_MS)
  const told = running.stdout
    ? once(running.stdout, 'data', { signal: patience })
    : Promise.reject(new Error('no stdout'))
  const ended = once(running, 'exit', { signal: patience }).then(() => Promise.reject(new Error('it ended')))
  await Promise.race([told, ended]).catch((cause: unknown) => {
    const words = logs.slice(-5).map(({ msg }) => msg)
    throw new Error(`a process did not come up: ${words.join(' ')}`, { cause })
  })
  ended.catch(() => undefined)
  running.stdout?.resume()
}
