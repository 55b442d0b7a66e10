import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../services/kit/user_error.ts'

/** How one server is run. */
export type ServerSpec = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Where its output goes; begun anew at each start. */
  readonly logFile: string
  /** What ends it cleanly. */
  readonly stopSignal: NodeJS.Signals
  readonly cwd: string
  readonly uid?: number
  readonly env?: Readonly<Record<string, string>>
}

/** A server that was started by this process. */
export type RunningServer = { readonly name: string; readonly pid: number; stop(): Promise<void> }

/** The server ended before it was ready; `output` is the end of its log. */
export class ServerEnded extends UserError {
  readonly output: string
  constructor(server: string, output: string) {
    super(`${server} ended while it started: ${output}`)
    this.output = output
  }
}

const READY_WITHIN_MS = 30_000
const STOP_WITHIN_MS = 6_000

/**
 * Starts a server, and resolves once `ready` says so.
 *
 * It gets a process group of its own, so that Ctrl-C reaches this process alone and can be answered by an orderly end.
 *
 * @throws {ServerEnded} when it ends before it is ready, or is not ready within 30 s.
 */
export async function launch(spec: ServerSpec, ready: () => boolean | Promise<boolean>): Promise<RunningServer> {
  const child = spawnServer(spec)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (err) => resolve(err.message))
    child.once('exit', () => resolve(endOf(spec.logFile)))
  })
  let failure: string | undefined
  void ended.then((why) => (failure = why))
  const server = { name: spec.name, pid: child.pid ?? 0, stop: () => stop(child, spec.stopSignal) }
  const deadline = performance.now() + READY_WITHIN_MS
  while (failure === undefined && !(await ready())) {
    if (performance.now() > deadline) {
      await server.stop()
      throw new ServerEnded(spec.name, `no answer within ${READY_WITHIN_MS / 1000} s`)
    }
    await sleep(10)
  }
  if (failure !== undefined) throw new ServerEnded(spec.name, failure)
  return server
}

function spawnServer(spec: ServerSpec): ChildProcess {
  const log = openSync(spec.logFile, 'w', 0o644)
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    // Nothing else of this process's environment: it may hold secrets, and servers read more of it than one expects.
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC', ...spec.env },
    ...(spec.uid === undefined ? {} : { uid: spec.uid, gid: spec.uid }),
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  if (child.pid !== undefined) endWithThisProcess(child, child.pid, spec.stopSignal)
  return child
}

/**
 * Ends the server when this process ends, however it ends.
 *
 * A shell waits on a pipe that only this process can write to; the system closes the pipe even on SIGKILL. Linux alone
 * would have a parent-death signal, which also fires when merely the starting thread ends.
 */
function endWithThisProcess(child: ChildProcess, pid: number, signal: NodeJS.Signals): void {
  const script = 'read -r _; kill -s "$1" "$2"'
  const watchdog = spawn('/bin/sh', ['-c', script, 'watchdog', signal.slice('SIG'.length), String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watchdog.on('error', () => undefined) // without a shell the server is merely unguarded
  watchdog.unref()
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref()
  child.once('exit', () => watchdog.kill('SIGKILL'))
}

/** Ends the server; one that does not listen within 6 s is killed. */
async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  const exit = once(child, 'exit')
  child.kill(signal)
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await exit
  clearTimeout(impatience)
}

function endOf(logFile: string): string {
  return readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join(' | ')
}
