import type { TemplatedApp, us_listen_socket } from 'uWebSockets.js'
import { UserError } from '#kit'

/** The library, loaded when a node opens: processes without one do not pay for it. */
export async function loadUws() {
  return import('uWebSockets.js')
}

/** What the library has and its types leave out. */
type ListenExclusively = {
  listen(host: string, port: number, options: number, done: (socket: us_listen_socket | false) => void): void
}

/** Without it a second process listens on the same port, and both get half of the sockets. */
const EXCLUSIVE_PORT = 1

/** @throws {UserError} when the port is taken */
export function listenOn(app: TemplatedApp, host: string, port: number): Promise<us_listen_socket> {
  const { promise, resolve, reject } = Promise.withResolvers<us_listen_socket>()
  ;(app as unknown as ListenExclusively).listen(host, port, EXCLUSIVE_PORT, (socket) => {
    if (socket) return resolve(socket)
    reject(new UserError(`Port ${port} is taken: stop what listens there, or choose another by TRACKING_LIVE_PORT.`))
  })
  return promise
}
