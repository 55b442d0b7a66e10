import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Binary } from './binaries.ts'
import { answers, onFreePort } from './ports.ts'
import { launch, type RunningServer } from './server_process.ts'

/** Starts Redis with an append-only file flushed every second; for tests it keeps nothing. */
export async function startRedis(options: {
  readonly dir: string
  readonly test: boolean
  readonly binary: Binary
  /** The port of one that went before, whose clients look for it there. */
  readonly port?: number
}): Promise<{ readonly server: RunningServer; readonly url: string }> {
  const cwd = join(options.dir, 'redis')
  mkdirSync(cwd, { recursive: true, mode: 0o755 })
  const { server, port } = await onFreePort((port) => {
    const spec = {
      name: 'Redis',
      command: options.binary.path,
      args: redisArguments(port, cwd, options.test),
      logFile: join(options.dir, 'redis.log'),
      stopSignal: 'SIGTERM',
      cwd,
      env: options.binary.env,
    } as const
    return launch(spec, () => answers('127.0.0.1', port, 'PING\r\n', /\+PONG/))
  }, options.port)
  return { server, url: `redis://127.0.0.1:${port}` }
}

function redisArguments(port: number, dir: string, test: boolean): string[] {
  const durability = test ? ['--appendonly', 'no'] : ['--appendonly', 'yes', '--appendfsync', 'everysec']
  return ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', ...durability]
}
