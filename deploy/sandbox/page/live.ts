import type { ServerResponse } from 'node:http'
import type { Reply } from '../net/router.ts'
import type { Changes } from '../world/changes.ts'

/** However much happens, a page is told at most this often. */
const QUIET_MS = 200
const HEARTBEAT_MS = 20_000

/** `GET /events`: Server-Sent Events that say "look again", and nothing else. */
export function liveUpdates(changes: Changes): Reply {
  return { stream: (response) => stream(changes, response) }
}

function stream(changes: Changes, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write('retry: 1000\n\nevent: change\ndata:\n\n') // whoever comes back may have missed something
  let waiting: NodeJS.Timeout | undefined
  const tell = () => {
    waiting = undefined
    response.write('event: change\ndata:\n\n')
  }
  const stopWatching = changes.watch(() => (waiting ??= setTimeout(tell, QUIET_MS)))
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS)
  response.on('close', () => {
    clearTimeout(waiting)
    clearInterval(heartbeat)
    stopWatching()
  })
}
