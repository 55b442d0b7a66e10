import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** The network between a phone and the suite, which can fail as networks do. */
export type Tunnel = {
  readonly port: number
  /** Breaks every connection, and takes none until `restore`. */
  cut(): void
  /** Bytes go nowhere, and no connection knows: as in a tunnel. */
  swallow(): void
  restore(): void
  stop(): Promise<void>
}

/** Opens a way to a port. */
export async function openTunnel(target: number): Promise<Tunnel> {
  let state: 'open' | 'cut' | 'swallowing' = 'open'
  const sockets = new Set<Socket>()
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  const server = createServer((near) => {
    track(near)
    if (state === 'cut') return near.destroy()
    const far = connect(target, '127.0.0.1')
    track(far)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => state === 'open' && to.write(bytes))
      from.on('close', () => to.destroy())
    }
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const breakAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      state = 'cut'
      breakAll()
    },
    swallow: () => (state = 'swallowing'),
    restore: () => {
      // What was swallowed is gone; a connection that missed bytes is of no use.
      breakAll()
      state = 'open'
    },
    stop: async () => {
      breakAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
