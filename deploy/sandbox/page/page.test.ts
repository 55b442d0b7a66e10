import { Script } from 'node:vm'
import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../index.ts'
import { type Merchant, startMerchant, startTestSandbox } from '../testing/merchant.ts'

let sandbox: Sandbox
let merchant: Merchant
const ALINE = '250788000100'

beforeEach(async () => {
  sandbox = await startTestSandbox()
  merchant = await startMerchant(sandbox)
})
afterEach(async () => {
  await merchant.stop()
  await sandbox.stop()
})

const get = async (path: string) => (await fetch(sandbox.baseUrl + path)).text()
const post = (path: string, form: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  fetch(sandbox.baseUrl + path, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' })
const sms = (message: string) =>
  fetch(`${sandbox.baseUrl}/africastalking/version1/messaging`, {
    method: 'POST',
    headers: { apiKey: 'x' },
    body: new URLSearchParams({ username: 'sandbox', to: `+${ALINE}`, message, from: 'TMS' }),
  })

test('a prompt shows amount, business and reference, and its form approves it with the PIN [S4-23]', async () => {
  const { body } = await merchant.push({ PhoneNumber: ALINE })
  const page = await get(`/phones/${ALINE}`)
  for (const text of ['RWF 1,500', 'TMS Coach Tickets', 'BK1A2B3C']) expect(page).toContain(text)
  const action = `/phones/${ALINE}/prompts/${String(body.CheckoutRequestID)}/approve`
  expect(page).toContain(`action="${action}"`)

  const answer = await post(action, { pin: '1234' })
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `/phones/${ALINE}`])
  await merchant.arrived(1)
  const receipt = sandbox.payments()[0]?.outcome?.receipt ?? 'none'
  expect(await get(`/phones/${ALINE}`)).toContain(receipt)
})

test('a wrong PIN fails, decline cancels, ignore only puts the prompt away [S4-23]', async () => {
  for (const [action, code] of [
    ['approve', '2001'],
    ['decline', '1032'],
    ['ignore', undefined],
  ] as const) {
    const { body } = await merchant.push({ PhoneNumber: ALINE })
    await post(`/phones/${ALINE}/prompts/${String(body.CheckoutRequestID)}/${action}`, { pin: '9' })
    expect(sandbox.payments(ALINE)[0]?.outcome?.code).toBe(code)
    expect(sandbox.phone(ALINE).prompts()).toEqual([])
  }
})

test('what comes from outside is text, never markup', async () => {
  const evil = '<script>alert(1)</script><img src=x onerror="alert(1)">\'"&'
  await sms(evil)
  await merchant.push({ PhoneNumber: ALINE, AccountReference: '<b>ref</b>', TransactionDesc: evil })
  await createTransport(sandbox.smtpUrl).sendMail({
    from: { name: evil, address: 'a@b.rw' },
    to: 'c@b.rw',
    subject: evil,
    text: evil,
  })
  const pages = await Promise.all(['/', `/phones/${ALINE}`, '/mailboxes/c%40b.rw', '/mailboxes/%3Ci%3E'].map(get))
  for (const page of pages) {
    expect(page).not.toMatch(/<script>|<img src=x|<b>ref|<i>/)
    expect(page.match(/<script/g)).toHaveLength(1) // the page's own
  }
  expect(pages[1]).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(pages[2]).toContain('&lt;script&gt;')
})

test('addresses in an SMS are clickable, other schemes are not', async () => {
  await sms('Ticket: https://tms.rw/t/1?a=1&b="2, or (http://x.rw/y). javascript:alert(1)')
  const page = await get(`/phones/${ALINE}`)
  expect(page).toContain('<a href="https://tms.rw/t/1?a=1&amp;b=" target="_blank" rel="noopener noreferrer">')
  expect(page).toContain('<a href="http://x.rw/y" ')
  expect(page).not.toContain('href="javascript')
})

test('the page allows no script but its own, and no other site may frame it', async () => {
  const { headers } = await fetch(`${sandbox.baseUrl}/`)
  const policy = headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toContain('unsafe')
  const script = await (await fetch(`${sandbox.baseUrl}/assets/page.js`)).text()
  expect(() => new Script(script)).not.toThrow()
})

test('the HTML of a mail is shown without script, with its own pictures only', async () => {
  await createTransport(sandbox.smtpUrl).sendMail({
    from: 'a@tms.rw',
    to: 'aline@example.rw',
    html: '<p>Hi</p><script>alert(1)</script><img src="cid:qr">',
    attachments: [{ filename: 'qr.png', content: Buffer.from('png'), cid: 'qr', contentType: 'image/png' }],
  })
  const [mail] = sandbox.mails()
  const frame = await fetch(`${sandbox.baseUrl}/mails/${mail?.id ?? ''}/html`)
  expect(frame.headers.get('content-security-policy')).toMatch(/^sandbox .*default-src 'none'/)
  expect(await frame.text()).toContain(`src="data:image/png;base64,${Buffer.from('png').toString('base64')}"`)
  const part = await fetch(`${sandbox.baseUrl}/mails/${mail?.id ?? ''}/attachments/0`)
  expect([part.headers.get('content-disposition'), await part.text()]).toEqual(['attachment', 'png'])
})

test('a page of another origin can press no button here', async () => {
  const foreign = await post('/reset', {}, { origin: 'https://evil.example' })
  expect(foreign.status).toBe(403)
  expect((await post('/reset', {}, { origin: sandbox.baseUrl })).status).toBe(303)
})

test('scenarios are arranged by button and by form, for one phone and for all', async () => {
  await post(`/phones/${ALINE}/scenario`, { preset: 'late' })
  await merchant.push({ PhoneNumber: ALINE })
  expect(await get(`/phones/${ALINE}`)).toContain('aria-pressed="true"')
  expect(sandbox.phone(ALINE).prompts()).toHaveLength(1) // still manual: the button adds
  await post(`/phones/${ALINE}/scenario`, { answer: 'decline', answerDelayMs: '0', callbackLost: 'true', outage: '' })
  await merchant.push({ PhoneNumber: ALINE })
  const declined = await sandbox.until(() => sandbox.payments(ALINE).find((payment) => payment.deliveries.length > 0))
  expect([declined.outcome?.code, declined.deliveries[0]?.result]).toEqual(['1032', 'lost'])
  await post('/scenario', { preset: 'down' })
  expect((await fetch(`${sandbox.baseUrl}/daraja/oauth/v1/generate`)).status).toBe(503)
  expect((await post('/scenario', { answer: 'nonsense' })).status).toBe(400)
})

test('another number can be opened in any spelling', async () => {
  const response = await fetch(`${sandbox.baseUrl}/open?number=%2B250%20788-000-777`, { redirect: 'manual' })
  expect(response.headers.get('location')).toBe('/phones/250788000777')
  expect((await fetch(`${sandbox.baseUrl}/phones/abc`)).status).toBe(404)
})

test('an open page is told at once that something happened', async () => {
  const abort = new AbortController()
  const response = await fetch(`${sandbox.baseUrl}/events`, { signal: abort.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader?.read())?.value).toContain('event: change') // whoever comes back may have missed something
  await sms('Hello')
  expect((await reader?.read())?.value).toBe('event: change\ndata:\n\n')
  abort.abort()
})
