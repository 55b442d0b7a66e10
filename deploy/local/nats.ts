import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Binary } from './binaries.ts'
import { answers, onFreePort } from './ports.ts'
import { launch, type RunningServer } from './server_process.ts'

/** Starts NATS with JetStream; its files may be lost, because every service's outbox can fill them again. */
export async function startNats(options: {
  readonly dir: string
  readonly binary: Binary
  /** The port of one that went before, whose clients look for it there. */
  readonly port?: number
}): Promise<{ readonly server: RunningServer; readonly url: string }> {
  const cwd = join(options.dir, 'nats')
  mkdirSync(cwd, { recursive: true, mode: 0o755 })
  const { server, port } = await onFreePort((port) => {
    const spec = {
      name: 'NATS',
      command: options.binary.path,
      args: ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', cwd],
      logFile: join(options.dir, 'nats.log'),
      stopSignal: 'SIGTERM',
      cwd,
      env: options.binary.env,
    } as const
    return launch(spec, () => answers('127.0.0.1', port, '', /^INFO .*"jetstream":true/))
  }, options.port)
  return { server, url: `nats://127.0.0.1:${port}` }
}
