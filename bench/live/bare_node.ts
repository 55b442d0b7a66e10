// The bare node: what comes by Redis goes to the sockets of that company as it is.
import { Redis } from 'ioredis'
import { App, us_socket_local_port } from 'uWebSockets.js'
import { serveParent } from '../lib/child.ts'

const CHANNEL = 'bare:track:company:'
const app = App()
app.ws<{ tenantId: string }>('/live', {
  upgrade: (res, req, context) => {
    const head = [req.getHeader('sec-websocket-key'), '', req.getHeader('sec-websocket-extensions')] as const
    res.upgrade({ tenantId: req.getQuery() }, ...head, context)
  },
  open: (ws) => void ws.subscribe(ws.getUserData().tenantId),
})
const port = await new Promise<number>((resolve, reject) => {
  app.listen('127.0.0.1', 0, (socket) => {
    if (socket) resolve(us_socket_local_port(socket))
    else reject(new Error('no port'))
  })
})
const redis = new Redis(process.env['REDIS_URL'] ?? '')
redis.on('pmessageBuffer', (_pattern: Buffer, channel: Buffer, batch: Buffer) => {
  app.publish(channel.subarray(CHANNEL.length).toString(), batch, true)
})
await redis.psubscribe(`${CHANNEL}*`)

serveParent(() => Promise.resolve({ port, token: '' }))
