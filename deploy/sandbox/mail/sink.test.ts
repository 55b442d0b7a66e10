import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../index.ts'
import { startTestSandbox } from '../testing/merchant.ts'

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await startTestSandbox()
})
afterEach(() => sandbox.stop())

const send = (mail: Record<string, unknown> = {}) => {
  const transport = createTransport(sandbox.smtpUrl)
  return transport.sendMail({
    from: 'TMS <tickets@tms.rw>',
    to: 'aline@example.rw',
    subject: 'Votre billet est prêt – à bientôt',
    text: 'Siège 3B',
    ...mail,
  })
}

test('a mail is read in full: names, accents, both bodies, attachments', async () => {
  await send({
    html: '<p>Siège <b>3B</b></p><img src="cid:code">',
    attachments: [{ filename: 'code.png', content: Buffer.from('png'), cid: 'code', contentType: 'image/png' }],
  })
  expect(sandbox.mails('Aline@Example.rw')).toMatchObject([
    {
      from: 'TMS <tickets@tms.rw>',
      to: ['aline@example.rw'],
      subject: 'Votre billet est prêt – à bientôt',
      text: 'Siège 3B\n',
      html: expect.stringContaining('<b>3B</b>') as string,
      attachments: [{ filename: 'code.png', contentId: 'code', content: Buffer.from('png') }],
    },
  ])
})

test('who receives is what the envelope says, hidden copies included', async () => {
  await send({ bcc: 'eric@example.rw' })
  expect(sandbox.mails('eric@example.rw')).toHaveLength(1)
  expect(sandbox.mails()).toHaveLength(1)
})

test('a log-in is taken, whatever it is', async () => {
  const auth = { user: 'tms', pass: 'secret' }
  const transport = createTransport(sandbox.smtpUrl.replace('smtp://', `smtp://${auth.user}:${auth.pass}@`))
  await transport.sendMail({ from: 'a@tms.rw', to: 'b@tms.rw', text: 'x' })
  expect(sandbox.mails('b@tms.rw')).toHaveLength(1)
})

test.each([
  ['bounce@example.rw', 550],
  ['busy@example.rw', 451],
])('%s is refused with %d', async (to, responseCode) => {
  await expect(send({ to })).rejects.toMatchObject({ responseCode })
})

test('mail can be down for everybody', async () => {
  sandbox.scenario({ mailOutage: 'busy' })
  await expect(send()).rejects.toMatchObject({ responseCode: 451 })
  sandbox.scenario({ mailOutage: 'refused' })
  await expect(send()).rejects.toMatchObject({ responseCode: 550 })
})
