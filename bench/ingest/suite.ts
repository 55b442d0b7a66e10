// Tracking alone in a process, as `npm start -- tracking` runs it, on the inner port that the gateway would call.
import { startProcess } from '../../services/main/process.ts'
import { serveParent } from '../lib/child.ts'
import type { Usage, UsageOrder } from './plan.ts'
import { profileSteps } from './steps.ts'

const running = await startProcess(
  { services: ['tracking'], sandbox: false, fresh: false, whole: false },
  process.env,
  {},
)

let endProfile: (() => Promise<Record<string, number>>) | undefined

serveParent(async ({ profile = false }: UsageOrder): Promise<Usage> => {
  const steps = await endProfile?.()
  endProfile = profile ? await profileSteps() : undefined
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1_000, rss: process.memoryUsage().rss, ...(steps ? { steps } : {}) }
}, running.stop)
