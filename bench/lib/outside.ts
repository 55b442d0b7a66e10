// The outside world of a benchmark: every payer approves at once, every SMS is taken. It tells when it was asked for a
// payment and when it called back.
import { startSandbox } from '../../deploy/sandbox/index.ts'
import { serveParent } from './child.ts'

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

/** What the provider knows of a payment, by its phone: when it was asked, and when it called back. */
export type Provided = Readonly<Record<string, { readonly askedMs: number; readonly calledBackMs: number }>>

/** The newest payment of each phone. */
function providedTo(phones: readonly string[]): Provided {
  return Object.fromEntries(
    phones.flatMap((phone) => {
      const [payment] = sandbox.payments(phone)
      if (!payment?.outcome) return []
      // It calls back in the same turn in which it writes the end down.
      const times = { askedMs: payment.createTime.getTime(), calledBackMs: payment.outcome.time.getTime() }
      return [[phone, times]]
    }),
  )
}

serveParent(
  ({ phones }: { phones: readonly string[] }) => Promise.resolve(providedTo(phones)),
  () => sandbox.stop(),
)
