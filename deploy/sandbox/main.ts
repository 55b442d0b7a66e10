/** Runs the sandbox alone: `node deploy/sandbox/main.ts`. */
import { startSandbox } from './index.ts'

const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise)

try {
  const sandbox = await startSandbox({
    port: number('SANDBOX_PORT', 8090),
    smtpPort: number('SANDBOX_SMTP_PORT', 8025),
    host: process.env.SANDBOX_HOST ?? '127.0.0.1',
    smsReportUrl: process.env.SANDBOX_SMS_REPORT_URL ?? '',
    airtelCallbackUrl: process.env.SANDBOX_AIRTEL_CALLBACK_URL ?? '',
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.stop())
  process.stdout.write(welcome(sandbox.baseUrl, sandbox.smtpUrl))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

function welcome(baseUrl: string, smtpUrl: string): string {
  return [
    `The outside world is at ${baseUrl}`,
    `  virtual phones   ${baseUrl}/`,
    `  M-PESA           ${baseUrl}/daraja`,
    `  MTN MoMo         ${baseUrl}/momo`,
    `  Airtel Money     ${baseUrl}/airtel`,
    `  SMS              ${baseUrl}/africastalking`,
    `  mail             ${smtpUrl}`,
    '',
  ].join('\n')
}
