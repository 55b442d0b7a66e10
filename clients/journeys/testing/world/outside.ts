import { type Sandbox, startSandbox } from '../../../../deploy/sandbox/index.ts'

/** The sandbox, and the settings that point the suite at it. */
export type World = { readonly sandbox: Sandbox; readonly env: Record<string, string>; stop(): Promise<void> }

/** Cheap password hashes: what they cost is shown elsewhere. */
const QUICK = { AUTH_ARGON2_MEMORY_KIB: '64', AUTH_ARGON2_PASSES: '1' }

/** Starts the outside world on free ports; whoever answers a prompt does so at once. */
export async function outsideWorld(): Promise<World> {
  const sandbox = await startSandbox({ port: 0, smtpPort: 0, scenario: { answerDelayMs: 0 } })
  return {
    sandbox,
    env: {
      ...QUICK,
      // Every suite has a live node of its own.
      TRACKING_LIVE_PORT: '0',
      MPESA_BASE_URL: `${sandbox.baseUrl}/daraja`,
      MTN_BASE_URL: `${sandbox.baseUrl}/momo`,
      AIRTEL_BASE_URL: `${sandbox.baseUrl}/airtel`,
      PAYPAL_BASE_URL: `${sandbox.baseUrl}/paypal`,
      PAYPAL_WEBHOOK_CHECK: 'online',
      AT_BASE_URL: `${sandbox.baseUrl}/africastalking`,
      SMTP_URL: sandbox.smtpUrl,
    },
    stop: () => sandbox.stop(),
  }
}
