// The outside world of the benchmark: every payer approves at once, every SMS is taken.
import { startSandbox } from '../../deploy/sandbox/index.ts'
import { serveParent } from '../lib/child.ts'

const sandbox = await startSandbox({
  port: Number(process.env['SANDBOX_PORT']),
  smtpPort: Number(process.env['SANDBOX_SMTP_PORT']),
})
sandbox.scenario({
  byLastDigits: false,
  answer: 'approve',
  answerDelayMs: 0,
  checkLimits: false,
  repeatRule: false,
  oneSession: false,
})
serveParent(
  () => Promise.resolve({ totals: sandbox.totals() }),
  () => sandbox.stop(),
)
