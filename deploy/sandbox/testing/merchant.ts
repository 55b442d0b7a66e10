import { constants, publicEncrypt } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Sandbox, type SandboxOptions, startSandbox } from '../index.ts'

export type Received = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly text: string }
export type JsonAnswer = { readonly status: number; readonly body: Record<string, unknown> }

/** A merchant with a server of its own, who talks to the sandbox by nothing but HTTP. */
export type Merchant = {
  readonly callbackUrl: string
  /** What arrived at the merchant's server, oldest first. */
  readonly received: Received[]
  /** Waits until `count` requests have arrived. */
  arrived(count: number): Promise<Received[]>
  /** What the merchant's server answers from now on. */
  answerWith(answer: (path: string) => { status: number; body: string }): void
  token(): Promise<string>
  call(path: string, body: unknown): Promise<JsonAnswer>
  push(change?: Record<string, unknown>): Promise<JsonAnswer>
  query(checkoutRequestId: unknown): Promise<JsonAnswer>
  credential(password?: string): Promise<string>
  stop(): Promise<void>
}

const SHORT_CODE = '174379'
const PASSKEY = 'bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919'
export const TIMESTAMP = '20261120103000'
export const PAYER = '254708374149'

export const password = (passkey = PASSKEY, timestamp = TIMESTAMP) =>
  Buffer.from(SHORT_CODE + passkey + timestamp).toString('base64')

/** A sandbox on free ports, where people approve at once unless a test says otherwise. */
export const startTestSandbox = (options: SandboxOptions = {}): Promise<Sandbox> =>
  startSandbox({
    port: 0,
    smtpPort: 0,
    scenario: { answer: 'approve', answerDelayMs: 0, smsReportDelayMs: 0 },
    ...options,
  })

export async function startMerchant(sandbox: Sandbox): Promise<Merchant> {
  const inbox = await startInbox()
  const daraja = `${sandbox.baseUrl}/daraja`
  const callbackUrl = `${inbox.url}/inbound/secret-token`
  let bearer = ''

  const token = async () => {
    const headers = { authorization: `Basic ${Buffer.from('key:secret').toString('base64')}` }
    const response = await fetch(`${daraja}/oauth/v1/generate?grant_type=client_credentials`, { headers })
    const { access_token } = (await response.json()) as { access_token: string }
    return (bearer = access_token)
  }
  const call = async (path: string, body: unknown): Promise<JsonAnswer> => {
    if (!bearer) await token()
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
    const response = await fetch(daraja + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  return {
    ...inbox,
    callbackUrl,
    token,
    call,
    push: (change = {}) => call('/mpesa/stkpush/v1/processrequest', { ...pushBody(callbackUrl), ...change }),
    query: (CheckoutRequestID) => call('/mpesa/stkpushquery/v1/query', { ...identity(), CheckoutRequestID }),
    credential: async (initiatorPassword = 'Safaricom999#') => {
      const key = await (await fetch(`${daraja}/cert`)).text()
      const padding = constants.RSA_PKCS1_PADDING
      return publicEncrypt({ key, padding }, Buffer.from(initiatorPassword)).toString('base64')
    },
  }
}

const identity = () => ({ BusinessShortCode: Number(SHORT_CODE), Password: password(), Timestamp: TIMESTAMP })

const pushBody = (callbackUrl: string) => ({
  ...identity(),
  TransactionType: 'CustomerPayBillOnline',
  Amount: 1500,
  PartyA: PAYER,
  PartyB: SHORT_CODE,
  PhoneNumber: PAYER,
  CallBackURL: callbackUrl,
  AccountReference: 'BK1A2B3C',
  TransactionDesc: 'Bus ticket',
})

export type Inbox = Pick<Merchant, 'received' | 'arrived' | 'answerWith' | 'stop'> & { readonly url: string }

export async function startInbox(): Promise<Inbox> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  let answer = (_path: string) => ({ status: 200, body: '{"ResultCode":0,"ResultDesc":"Accepted"}' })

  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      received.push({ path, headers: request.headers, text })
      const { status, body } = answer(path)
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
      for (const look of waiting) look()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answerWith: (next) => void (answer = next),
    arrived: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (received.length < count) return
          waiting.delete(look)
          resolve(received)
        }
        waiting.add(look)
        look()
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The one callback inside a request that arrived at the merchant. */
export function stkCallback(request: Received | undefined): Record<string, unknown> {
  const { Body } = JSON.parse(request?.text ?? '') as { Body: { stkCallback: Record<string, unknown> } }
  return Body.stkCallback
}

/** The result envelope inside a request that arrived at the merchant. */
export function resultIn(request: Received | undefined): Record<string, unknown> {
  return (JSON.parse(request?.text ?? '') as { Result: Record<string, unknown> }).Result
}

/** The parameters of a result, by key; a key that comes twice keeps its last value. */
export function parametersIn(request: Received | undefined): Record<string, unknown> {
  const list = resultIn(request).ResultParameters as { ResultParameter: { Key: string; Value?: unknown }[] } | undefined
  return Object.fromEntries((list?.ResultParameter ?? []).map(({ Key, Value }) => [Key, Value]))
}
