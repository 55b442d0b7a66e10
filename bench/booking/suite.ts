// The suite under load: all services in one process, as `npm start` runs them, but for the sandbox, which is the outside
// world and runs in a process of its own. With BENCH_RECORD it keeps every statement that it sends.
import { writeFileSync } from 'node:fs'
import { serviceNames } from '../../services/roster.ts'
import { startProcess } from '../../services/main/process.ts'
import { serveParent } from '../lib/child.ts'
import { encodeStatements } from './recording.ts'
import type { Statement } from './messages.ts'

const recordTo = process.env['BENCH_RECORD']
const recorded: Statement[] = []
let recording = false

const running = await startProcess({ services: serviceNames, sandbox: false, fresh: false, whole: true }, process.env, {
  onStatement: recordTo
    ? (connection, text, parameters) => {
        if (recording) recorded.push({ connection, text, parameters })
      }
    : undefined,
})

serveParent(async (message: { record?: boolean; save?: boolean }) => {
  if (message.record !== undefined) recording = message.record
  if (message.save === true && recordTo) writeFileSync(recordTo, encodeStatements(recorded))
  const { rss } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return Promise.resolve({ rss, cpuMs: (user + system) / 1_000, statements: recorded.length })
}, running.stop)
