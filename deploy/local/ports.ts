import { createServer, connect } from 'node:net'
import { ServerEnded, type RunningServer } from './server_process.ts'

/** Where connections never go out from: Linux takes their ports from 32768 on, and would have one before its server does. */
const PORTS = { first: 12_000, count: 18_000 }

/** A TCP port of 127.0.0.1 that nobody listened on a moment ago. @throws what a probe met, unless it was that the port is taken */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', (err: NodeJS.ErrnoException) => {
      if (err.code === 'EADDRINUSE') resolve(false)
      else reject(err)
    })
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** Starts a server on a free port, on another one when somebody was faster; on the `wanted` one and no other when it is given. */
export async function onFreePort(
  start: (port: number) => Promise<RunningServer>,
  wanted?: number,
): Promise<{ readonly server: RunningServer; readonly port: number }> {
  if (wanted !== undefined) return { server: await start(wanted), port: wanted }
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    try {
      return { server: await start(port), port }
    } catch (err) {
      const taken = err instanceof ServerEnded && /in use|could not bind/i.test(err.output)
      if (!taken || attempt === 5) throw err
    }
  }
}

/**
 * Whether the server greets as expected: sends `hello` and waits up to a second for an answer that matches.
 * An empty `hello` suits servers that speak first, an empty pattern those that need only accept.
 */
export function answers(
  host: string,
  port: number,
  hello: string,
  expected: RegExp,
  withinMs = 1000,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    const finish = (result: boolean): void => {
      socket.destroy()
      resolve(result)
    }
    let received = ''
    socket.setTimeout(withinMs, () => finish(false))
    socket.on('error', () => finish(false))
    socket.on('close', () => resolve(false))
    socket.on('connect', () => (expected.test('') ? finish(true) : socket.write(hello)))
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (expected.test(received)) finish(true)
    })
  })
}
