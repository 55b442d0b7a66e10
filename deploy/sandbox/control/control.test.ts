import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../index.ts'
import { type Merchant, PAYER, startMerchant, startTestSandbox, stkCallback } from '../testing/merchant.ts'

let sandbox: Sandbox
let merchant: Merchant

beforeEach(async () => {
  sandbox = await startTestSandbox()
  merchant = await startMerchant(sandbox)
})
afterEach(async () => {
  await merchant.stop()
  await sandbox.stop()
})

type Json = Record<string, unknown>

async function control(method: string, path: string, body?: unknown) {
  const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) }
  const response = await fetch(`${sandbox.baseUrl}/control${path}`, init)
  const text = await response.text()
  return { status: response.status, body: (text ? JSON.parse(text) : {}) as Json }
}

test('a script finds the prompt of a phone and answers it [S4-23]', async () => {
  await control('POST', '/scenarios', { answer: 'manual' })
  const { body: ack } = await merchant.push()
  const phone = (await control('GET', `/phones/%2B${PAYER}`)).body
  expect(phone).toMatchObject({
    msisdn: PAYER,
    currency: 'KES',
    balance: 50_000,
    prompts: [{ id: ack.CheckoutRequestID }],
  })
  const approved = await control('POST', `/phones/${PAYER}/prompts/${String(ack.CheckoutRequestID)}/approve`, {
    pin: '1234',
  })
  expect(approved.status).toBe(204)
  expect(stkCallback((await merchant.arrived(1))[0]).ResultCode).toBe(0)
})

test.each([
  ['approve', 0],
  ['decline', 1032],
])('"next" is the oldest open prompt: %s ends with %d', async (action, code) => {
  sandbox.scenario({ answer: 'manual' })
  await merchant.push()
  await control('POST', `/phones/${PAYER}/prompts/next/${action}`)
  expect(stkCallback((await merchant.arrived(1))[0]).ResultCode).toBe(code)
})

test('an ignored prompt is off the screen and ends by time-out [S4-23]', async () => {
  sandbox.scenario({ answer: 'manual', promptTimeoutMs: 700 })
  await merchant.push()
  expect((await control('POST', `/phones/${PAYER}/prompts/next/ignore`)).status).toBe(204)
  expect((await control('GET', `/phones/${PAYER}`)).body.prompts).toEqual([])
  expect(stkCallback((await merchant.arrived(1))[0]).ResultCode).toBe(1037)
})

test('what cannot be done is told in a sentence', async () => {
  const refusals = [
    await control('POST', `/phones/${PAYER}/prompts/next/approve`),
    await control('GET', '/phones/abc'),
    await control('POST', '/scenarios', { unknown: 1 }),
    await control('POST', '/scenarios', { answer: 'perhaps' }),
    await control('POST', '/scenarios', { callbackDelayMs: -1 }),
    await control('POST', '/scenarios', { callbackLost: 'maybe' }),
    await control('POST', '/forge', { checkoutRequestId: 'x', kind: 'success' }),
    await control('POST', '/forge', { kind: 'magic' }),
    await control('POST', `/phones/${PAYER}`, { balance: 1.5 }),
  ]
  for (const { status, body } of refusals) {
    expect(status).toBe(400)
    expect(body.error).toMatch(/^[\w"“].{10,}$/)
  }
})

test('messages and mails are listed by address', async () => {
  await fetch(`${sandbox.baseUrl}/africastalking/version1/messaging`, {
    method: 'POST',
    headers: { apiKey: 'x' },
    body: new URLSearchParams({ username: 'sandbox', to: `+${PAYER}`, message: 'Code 123456' }),
  })
  await createTransport(sandbox.smtpUrl).sendMail({ from: 'a@tms.rw', to: 'b@tms.rw', subject: 'Hi', text: 'x' })
  expect((await control('GET', `/messages?to=%2B${PAYER}`)).body).toMatchObject({ messages: [{ text: 'Code 123456' }] })
  expect((await control('GET', '/messages?to=250788000000')).body).toEqual({ messages: [] })
  expect((await control('GET', '/mails?to=b@tms.rw')).body).toMatchObject({ mails: [{ subject: 'Hi' }] })
  await expect(sandbox.phone(PAYER).nextMessage('Code')).resolves.toMatchObject({ text: 'Code 123456' })
})

test('one charge is one request that arrived, with its answer', async () => {
  await merchant.push()
  await merchant.arrived(1)
  const { requests } = (await control('GET', '/requests?path=stkpush/')).body
  expect(requests).toMatchObject([
    { method: 'POST', body: { Amount: 1500, AccountReference: 'BK1A2B3C' }, status: 200 },
  ])
  const { totals, payments } = (await control('GET', `/payments?phone=${PAYER}`)).body
  expect(totals).toMatchObject({ KES: { charged: { count: 1, amount: 1500 } } })
  expect(payments).toMatchObject([{ kind: 'stk-push', outcome: { code: '0' }, deliveries: [{ result: 200 }] }])
})

test('scenarios are set, shown and cleared, for one phone and for all', async () => {
  const set = await control('POST', '/scenarios', { phone: `+${PAYER}`, answer: 'decline' })
  expect(set.body).toMatchObject({
    set: { answer: 'decline' },
    inForce: { answer: 'decline', promptTimeoutMs: 60_000 },
  })
  await control('DELETE', `/scenarios?phone=${PAYER}`)
  expect((await control('GET', `/scenarios?phone=${PAYER}`)).body).toMatchObject({
    set: {},
    inForce: { answer: 'approve' },
  })
})

test('the port can be closed for a while by a request [S4-23]', async () => {
  await control('POST', '/refuse', { forMs: 600 })
  const patient = { interval: 10, timeout: 10_000 }
  await expect.poll(() => control('GET', '/phones').catch(() => 'refused'), patient).toBe('refused')
  await expect
    .poll(async () => (await control('GET', '/phones').catch(() => ({ status: 0 }))).status, patient)
    .toBe(200)
})

test('a wallet is filled, tokens are ended, a forged callback is posted, and all is reset', async () => {
  await control('POST', `/phones/${PAYER}`, { balance: 10 })
  const { body } = await merchant.push()
  await merchant.arrived(1)
  await control('POST', '/forge', { checkoutRequestId: body.CheckoutRequestID, kind: 'success' })
  expect(merchant.received.map((one) => stkCallback(one).ResultCode)).toEqual([1, 0])
  await control('POST', '/tokens/expire')
  expect((await merchant.push()).body.errorCode).toBe('404.001.03')
  await control('POST', '/dashboard', { reportUrl: merchant.callbackUrl })
  await control('POST', '/reset')
  expect((await control('GET', '/payments')).body).toEqual({ totals: {}, payments: [] })
  expect(sandbox.phone(PAYER).balance()).toBe(50_000)
})

test('waiting ends with an error when nothing comes', async () => {
  await expect(sandbox.phone(PAYER).nextPrompt(10)).rejects.toThrow('nothing came within 10 ms')
})
