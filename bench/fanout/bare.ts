// The bare publisher: the library alone, with one frame made beforehand. No Redis, no decoding, nobody signs in.
import { App, us_socket_local_port } from 'uWebSockets.js'
import { serveParent } from '../lib/child.ts'
import type { Published, PublishOrder } from './messages.ts'

const app = App()
app.ws('/live', { open: (ws) => void ws.subscribe('all') })
const port = await new Promise<number>((resolve, reject) => {
  app.listen('127.0.0.1', 0, (socket) => {
    if (socket) resolve(us_socket_local_port(socket))
    else reject(new Error('no port'))
  })
})

serveParent(async ({ publish = 0, frame = '' }: PublishOrder): Promise<Published> => {
  const bytes = Buffer.from(frame, 'base64')
  for (let sent = 0; sent < publish; sent++) app.publish('all', bytes, true)
  const { user, system } = process.cpuUsage()
  return Promise.resolve({ port, rss: process.memoryUsage().rss, cpuMs: (user + system) / 1_000 })
})
