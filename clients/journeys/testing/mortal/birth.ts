import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { InfraUrls } from '#kit'
import type { ServiceName } from '../../../../services/roster.ts'

/** What a process begins with. */
export type Birth = {
  readonly services: readonly ServiceName[]
  readonly infra: InfraUrls
  readonly keysDir: string
  readonly userKeys: readonly object[]
  readonly port: number
  readonly env: Readonly<Record<string, string>>
  /** Of the suite that it belongs to; a stage of its own has none. */
  readonly namespace?: string
  /** Where its clock stands, whose jobs do not run then; the machine's when left out. */
  readonly now?: string
  readonly ackWaitMs?: number
}

/** A process: the same place and ports over all its lives. */
export type Mortal = {
  /** Resolves when it serves. */
  start(): Promise<void>
  /** Without a warning: nothing of it runs any more when this is done. */
  kill(): Promise<void>
}

/** A process that is not started yet. */
export function mortal(birth: Birth): Mortal {
  let child: ChildProcess | undefined
  return {
    start: async () => {
      const env = { ...process.env, BIRTH: JSON.stringify(birth) }
      child = fork(new URL('./child.ts', import.meta.url), { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
      const ended = once(child, 'exit').then(() => Promise.reject(new Error('the process ended as it began')))
      ended.catch(() => undefined)
      await Promise.race([once(child, 'message'), ended])
    },
    kill: async () => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const dead = once(child, 'exit')
      child.kill('SIGKILL')
      await dead
    },
  }
}
