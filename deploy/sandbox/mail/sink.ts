import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { takenPort } from '../net/server.ts'
import { HEX } from '../world/random.ts'
import type { Attachment, Mail } from '../world/mailboxes.ts'
import type { World } from '../world/world.ts'

const SIZE_LIMIT = 5 * 1024 * 1024

export type MailSink = { readonly port: number; stop(): Promise<void> }

/**
 * Takes every mail by SMTP, with or without a log-in, and keeps it for the page.
 *
 * `bounce@…` is refused for good (550) and `busy@…` for now (451), whatever the domain.
 *
 * @throws {Error} one sentence, when the port is taken.
 */
export async function startMailSink(world: World, host: string, port: number): Promise<MailSink> {
  const server = new SMTPServer({
    name: 'sandbox.localhost',
    authOptional: true,
    // Nobody else is on the loopback: a certificate would only be one more thing to set up.
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    size: SIZE_LIMIT,
    closeTimeout: 100,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anyone' }),
    onRcptTo: ({ address }, _session, done) => done(refusalOf(world, address)),
    onData: (stream, session, done) => void receive(world, stream, session).then(() => done(), done),
  })
  await listen(server, host, port)
  server.on('error', () => undefined) // a client that hangs up in mid-sentence is its own trouble
  const bound = (server.server.address() as AddressInfo).port
  return { port: bound, stop: () => new Promise((resolve) => server.close(() => resolve())) }
}

function listen(server: SMTPServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(takenPort(error, port, 'SANDBOX_SMTP_PORT'))
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      resolve()
    })
  })
}

function refusalOf(world: World, address: string): Error | null {
  const { mailOutage } = world.scenarios.of()
  if (mailOutage === 'busy' || address.startsWith('busy@')) return smtpError(451, '4.3.2 Try again later')
  if (mailOutage === 'refused' || address.startsWith('bounce@')) return smtpError(550, '5.1.1 No such mailbox')
  return null
}

const smtpError = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })

async function receive(world: World, stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  if (stream.sizeExceeded) throw smtpError(552, '5.3.4 Message too big')
  const email = await PostalMime.parse(Buffer.concat(chunks))
  // Who gets it is what the envelope says; the header may name others.
  const to = session.envelope.rcptTo.map((recipient) => recipient.address)
  const mail = mailOf(world, email, to)
  world.mailboxes.keep(mail)
  for (const mailbox of to) world.changes.tell({ mailbox })
}

function mailOf(world: World, email: Email, to: readonly string[]): Mail {
  return {
    id: world.random.text(HEX, 16),
    from: senderOf(email),
    to,
    subject: email.subject ?? '',
    text: email.text ?? '',
    html: email.html ?? '',
    messageId: email.messageId ?? '',
    receiveTime: world.clock.now(),
    attachments: email.attachments.map(attachmentOf),
  }
}

function senderOf({ from }: Email): string {
  const address = from?.address ?? ''
  return from?.name ? `${from.name} <${address}>` : address
}

function attachmentOf(part: Email['attachments'][number]): Attachment {
  const { content } = part
  return {
    filename: part.filename ?? 'attachment',
    mimeType: part.mimeType,
    contentId: (part.contentId ?? '').replace(/^<|>$/g, ''),
    content: typeof content === 'string' ? Buffer.from(content) : Buffer.from(new Uint8Array(content)),
  }
}
