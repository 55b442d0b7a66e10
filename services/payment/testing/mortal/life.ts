import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { InfraUrls } from '#kit'

/** What a process of the payment service begins with. */
export type Birth = {
  readonly infra: InfraUrls
  readonly namespace: string
  readonly keysDir: string
  readonly userKeys: readonly object[]
  readonly port: number
  readonly env: Readonly<Record<string, string>>
  readonly now: string
}

/** Lets time pass in the process, and its jobs run. */
export type Order = { readonly seconds: number }

/** One process of the payment service. */
export type Life = {
  /** @throws {Error} when it dies over it */
  advance(seconds: number): Promise<void>
  /** Without a warning: nothing of it runs any more when this is done. */
  kill(): Promise<void>
}

/** Starts a process; resolves when it serves. */
export async function begin(birth: Birth): Promise<Life> {
  const env = { ...process.env, BIRTH: JSON.stringify(birth) }
  const child = fork(new URL('./child.ts', import.meta.url), { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  await answered(child)
  return {
    advance: async (seconds) => {
      child.send({ seconds } satisfies Order)
      await answered(child)
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const dead = once(child, 'exit')
      child.kill('SIGKILL')
      await dead
    },
  }
}

async function answered(child: ChildProcess): Promise<void> {
  const ended = new AbortController()
  const gone = once(child, 'exit', { signal: ended.signal }).then(() => Promise.reject(new Error('the process ended')))
  gone.catch(() => undefined)
  try {
    const [answer] = (await Promise.race([once(child, 'message', { signal: ended.signal }), gone])) as [
      { fault?: string },
    ]
    if (answer.fault !== undefined) throw new Error(answer.fault)
  } finally {
    ended.abort()
  }
}
