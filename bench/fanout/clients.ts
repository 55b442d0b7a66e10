// 1,000 browsers that watch a map: they count what comes, and do as little else as they can.
import { randomBytes } from 'node:crypto'
import net from 'node:net'
import { create, toBinary } from '@bufbuild/protobuf'
import { ClientFrameSchema } from '#gen/tms/tracking/v1/live_pb.ts'
import { serveParent } from '../lib/child.ts'
import type { ClientsOrder, Received } from './messages.ts'

const AT_ONCE = 50
const received: { bytes: number }[] = []

serveParent(async ({ open }: ClientsOrder): Promise<Received> => {
  if (open) {
    const hello = open.token === '' ? [] : [signIn(open.token), subscribe(open.topic)]
    for (let opened = 0; opened < open.count; opened += AT_ONCE) {
      const some = Math.min(AT_ONCE, open.count - opened)
      await Promise.all(Array.from({ length: some }, () => connect(open.port, hello)))
    }
    for (const one of received) one.bytes = 0
  }
  const { user, system } = process.cpuUsage()
  let [bytes, slowest] = [0, Number.POSITIVE_INFINITY]
  for (const one of received) {
    bytes += one.bytes
    slowest = Math.min(slowest, one.bytes)
  }
  return { bytes, slowest, cpuMs: (user + system) / 1_000 }
})

/** Resolves when the node has answered everything: the upgrade, and each frame. */
async function connect(port: number, hello: readonly Uint8Array[]): Promise<void> {
  const socket = net.connect(port, '127.0.0.1')
  const key = randomBytes(16).toString('base64')
  socket.write(
    'GET /live HTTP/1.1\r\nHost: live\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: tms.live.v1.protobuf\r\n\r\n`,
  )
  await answer(socket)
  for (const frame of hello) {
    socket.write(frame)
    await answer(socket)
  }
  const one = { bytes: 0 }
  received.push(one)
  socket.on('data', (chunk) => (one.bytes += chunk.length))
}

function answer(socket: net.Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('data', () => resolve())
    socket.once('close', () => reject(new Error('a socket was closed')))
  })
}

function signIn(token: string): Uint8Array {
  return masked(create(ClientFrameSchema, { frame: { case: 'signIn', value: { token } } }))
}

function subscribe(topic: string): Uint8Array {
  return masked(create(ClientFrameSchema, { frame: { case: 'subscribe', value: { topic } } }))
}

/** A binary frame under a mask of zeros. */
function masked(frame: ReturnType<typeof create<typeof ClientFrameSchema>>): Uint8Array {
  const payload = toBinary(ClientFrameSchema, frame)
  const head = Buffer.alloc(8)
  head.writeUInt8(0x82, 0)
  head.writeUInt8(0x80 | 126, 1)
  head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}
