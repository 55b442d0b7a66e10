import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Stage } from './stage.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { type Sandbox, startSandbox } from '../../../deploy/sandbox/index.ts'

/** The world that payment talks to in its tests: the sandbox, and the door through which its callbacks come in. */
export type PaymentWorld = {
  readonly sandbox: Sandbox
  readonly env: Readonly<Record<string, string>>
  /** Opens the door: callbacks reach the suite from now on. */
  connect(suite: Stage | undefined): void
  stop(): Promise<void>
}

/** Starts a sandbox whose people approve at once, and a forwarder in the place of the gateway. */
export async function paymentWorld(): Promise<PaymentWorld> {
  let suite: Stage | undefined
  const sandbox = await startSandbox({
    port: 0,
    smtpPort: 0,
    // Who approves is the sandbox's affair: it goes by the last digits of the number.
    scenario: { answerDelayMs: 0 },
    clock: { now: () => suite?.clock.now() ?? new Date() },
  })
  const door = createServer((request, response) => {
    // Late copies find the suite gone: the provider is told to come again.
    const answer = forward(suite, request).catch(() => ({ status: 503, body: '' }))
    void answer.then(({ status, body }) => response.writeHead(status).end(body))
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  const { port } = door.address() as AddressInfo
  sandbox.airtelCallsBack(`http://127.0.0.1:${port}/inbound/airtel/sandbox`)
  sandbox.paypal.webhookTo(`http://127.0.0.1:${port}/inbound/paypal/sandbox`)
  return {
    sandbox,
    env: {
      MPESA_BASE_URL: `${sandbox.baseUrl}/daraja`,
      MTN_BASE_URL: `${sandbox.baseUrl}/momo`,
      AIRTEL_BASE_URL: `${sandbox.baseUrl}/airtel`,
      MPESA_CALLBACK_BASE_URL: `http://127.0.0.1:${port}`,
      PAYPAL_BASE_URL: `${sandbox.baseUrl}/paypal`,
      PAYPAL_CERT_URLS: `${sandbox.baseUrl}/paypal/v1/notifications/certs/`,
    },
    connect: (started) => {
      suite = started
    },
    stop: async () => {
      await sandbox.stop()
      door.closeAllConnections()
      await new Promise((resolve) => door.close(resolve))
    },
  }
}

async function forward(suite: Stage | undefined, request: IncomingMessage) {
  const [, , provider = '', pathToken = ''] = (request.url ?? '').split('/')
  const body = await buffer(request)
  if (!suite) return { status: 503, body: '' }
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  const call = { provider, pathToken, headers, body, sourceAddress: request.socket.remoteAddress ?? '' }
  const answer = await suite.peer(PaymentService, 'gateway').receiveCallback(call)
  return { status: answer.httpStatus, body: answer.body }
}
