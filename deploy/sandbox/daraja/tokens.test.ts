import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sandbox } from '../index.ts'
import { type Merchant, startMerchant, startTestSandbox } from '../testing/merchant.ts'

let sandbox: Sandbox
let merchant: Merchant
let now = new Date('2026-11-20T08:00:00Z')

beforeAll(async () => {
  sandbox = await startTestSandbox({ consumer: { key: 'key', secret: 'secret' }, clock: { now: () => now } })
  merchant = await startMerchant(sandbox)
})
afterAll(async () => {
  await merchant.stop()
  await sandbox.stop()
})

const oauth = (authorization: string, query = '?grant_type=client_credentials') =>
  fetch(`${sandbox.baseUrl}/daraja/oauth/v1/generate${query}`, { headers: authorization ? { authorization } : {} })
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`

test('a token is opaque, and its life is told as a text [S4-28]', async () => {
  const body: unknown = await (await oauth(basic('key:secret'))).json()
  expect(body).toEqual({ access_token: expect.stringMatching(/^[A-Za-z0-9]{28}$/) as string, expires_in: '3599' })
})

test.each([
  ['no Basic header', '', undefined, 400, '400.008.01'],
  ['a Bearer header', 'Bearer abc', undefined, 400, '400.008.01'],
  ['no grant type', basic('key:secret'), '', 400, '400.008.02'],
  ['another grant type', basic('key:secret'), '?grant_type=password', 400, '400.008.02'],
])('%s is refused with its own code [S4-28]', async (_, header, query, status, code) => {
  const response = await oauth(header, query)
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ requestId: expect.any(String) as string, errorCode: code })
})

test('a wrong secret is refused without a body', async () => {
  const response = await oauth(basic('key:wrong'))
  expect([response.status, await response.text()]).toEqual([401, ''])
})

test.each([
  ['no token', undefined, '404.001.04'],
  ['a token nobody issued', 'Bearer abcdefghijklmnopqrstuvwxyz12', '404.001.03'],
])('%s is an error sent as 404 [S4-28]', async (_, authorization, code) => {
  const headers = new Headers(authorization ? { authorization } : {})
  const url = `${sandbox.baseUrl}/daraja/mpesa/stkpush/v1/processrequest`
  const response = await fetch(url, { method: 'POST', headers, body: '{}' })
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ errorCode: code })
})

test('only the newest token of an app is valid', async () => {
  const first = await merchant.token()
  await merchant.token()
  const headers = { authorization: `Bearer ${first}` }
  const url = `${sandbox.baseUrl}/daraja/mpesa/stkpush/v1/processrequest`
  const response = await fetch(url, { method: 'POST', headers, body: '{}' })
  expect(await response.json()).toMatchObject({ errorCode: '404.001.03', errorMessage: 'Invalid Access Token' })
})

test('a token ends after its hour', async () => {
  await merchant.token()
  now = new Date(now.getTime() + 3_600_000)
  expect((await merchant.push()).body.errorCode).toBe('404.001.03')
})

test('tokens can be made to end in mid-flight: by number of requests, and all at once [S4-23]', async () => {
  sandbox.scenario({ tokenUses: 1 })
  await merchant.token()
  expect((await merchant.push()).status).toBe(200)
  expect((await merchant.push()).body.errorCode).toBe('404.001.03')
  sandbox.scenario({ tokenUses: 0 })
  await merchant.token()
  sandbox.expireTokens()
  expect((await merchant.push()).body.errorCode).toBe('404.001.03')
})
