// Tracking alone in a process, as `npm start -- tracking` runs it, on the inner port that the gateway would call.
import { startProcess } from '../../services/main/process.ts'
import { serveParent } from '../lib/child.ts'

const running = await startProcess(
  { services: ['tracking'], sandbox: false, fresh: false, whole: false },
  process.env,
  {},
)

serveParent(() => {
  const { user, system } = process.cpuUsage()
  return Promise.resolve({ cpuMs: (user + system) / 1_000, rss: process.memoryUsage().rss })
}, running.stop)
