import { type ChildProcess, fork, type StdioOptions } from 'node:child_process'

/** A process of the benchmark: told things, and answering, by messages. */
export type Child = {
  readonly pid: number
  /** Sends a message and waits for the answer to it. */
  ask<T>(message: unknown): Promise<T>
  /** Ends it by SIGTERM and waits. */
  stop(): Promise<void>
}

/** Starts a module as a process of its own; its first message says that it is ready. */
export async function startChild(module: URL, env: Readonly<Record<string, string>>): Promise<Child> {
  const execArgv = (env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter((option) => option !== '')
  const stdio: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc']
  const child = fork(module, { env: { ...process.env, ...env }, stdio, execArgv })
  await answer(child, module)
  return {
    pid: child.pid ?? 0,
    ask: async <T>(message: unknown) => {
      child.send(message as object)
      return (await answer(child, module)) as T
    },
    stop: () => stop(child),
  }
}

function answer(child: ChildProcess, module: URL): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`${module.pathname} ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.removeListener('exit', ended)
      resolve(message)
    })
  })
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

/** In a child: says that it is ready, answers each message by what `handle` returns, and ends on SIGTERM after `stop`. */
export function serveParent(
  handle: (message: never) => Promise<unknown>,
  stop: () => Promise<void> = () => Promise.resolve(),
): void {
  process.on('SIGTERM', () => void stop().finally(() => process.exit(0)))
  process.on('message', (message) => {
    handle(message as never).then(
      (result) => process.send?.({ ...(result as object) }),
      (err: unknown) => {
        console.error(err)
        process.exit(1)
      },
    )
  })
  process.send?.({ ready: true })
}
