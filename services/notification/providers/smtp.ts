import nodemailer, { type SendMailOptions } from 'nodemailer'
import qrcode from 'qrcode'
import type { Ctx } from '../context.ts'
import type { Outcome } from '../domain/outcome.ts'
import { pictureId } from '../templates/mail_layout.ts'
import type { Outgoing, Provider } from './provider.ts'

/**
 * Mail by SMTP. The Message-ID is made from the delivery, so that a second copy of the same mail is recognised as one.
 * Source: RFC 5321 (dialogue and replies), RFC 5322 (message).
 */
export function smtp({ settings }: Pick<Ctx, 'settings'>): Provider {
  const transport = nodemailer.createTransport({
    url: settings.smtpUrl,
    pool: true,
    maxConnections: 4,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    // A mail is made of what we give it, never of files or addresses that a value might name.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    send: async (message) => {
      if (!isOneAddress(message.recipient)) return { kind: 'refused', reason: 'address' }
      try {
        const { messageId } = await transport.sendMail(await mailOf(message, settings.mailFrom))
        return { kind: 'accepted', messageId }
      } catch (err) {
        return outcomeOfFault(err as SmtpFault)
      }
    },
    close: () => transport.close(),
  }
}

async function mailOf(message: Outgoing, from: string): Promise<SendMailOptions> {
  const { deliveryId, recipient, subject, text, html, pictures } = message
  const attachments = pictures.map(async ({ code }, index) => ({
    filename: `${pictureId(index)}.png`,
    cid: pictureId(index),
    contentType: 'image/png',
    content: await qrcode.toBuffer(code, { errorCorrectionLevel: 'M', margin: 4, scale: 4 }),
  }))
  return {
    from,
    to: { name: '', address: recipient },
    subject,
    text,
    html,
    attachments: await Promise.all(attachments),
    messageId: messageIdOf(deliveryId, from),
    // Answers to a machine go nowhere, and out-of-office replies are not wanted.
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

/** `<delivery@domain of the sender>`. */
function messageIdOf(deliveryId: string, from: string): string {
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'tms.invalid'
  return `<${deliveryId}@${domain}>`
}

/** One plain address: a list, or a name in front, could reach somebody else. */
const isOneAddress = (address: string) => /^[^\s@,;:<>"()]+@[^\s@,;:<>"()]+$/.test(address)

/** What nodemailer throws; `originalCode` is the system's, where it gave one its own name. */
type SmtpFault = {
  readonly code?: string
  readonly originalCode?: string
  readonly timeoutType?: string
  readonly responseCode?: number
  readonly command?: string
}

/** Signs that the fault came before the mail was handed over. */
const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EDNS', 'ETLS'])
const whileConnecting = new Set(['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT'])
const beforeMail = new Set(['EHLO', 'HELO', 'STARTTLS', 'MAIL FROM', 'RCPT TO'])

/** Reads a fault. Exported for tests with recorded ones. */
export function outcomeOfFault(fault: SmtpFault): Outcome {
  const { code = '', originalCode = '', timeoutType = '', responseCode = 0, command = '' } = fault
  // The account is wrong, not the mail: a person has to mend it.
  if (responseCode === 535 || code === 'EAUTH') return { kind: 'postponed', reason: 'auth' }
  if (responseCode >= 500) return { kind: 'refused', reason: String(responseCode) }
  if (responseCode >= 400) return { kind: 'postponed', reason: String(responseCode) }
  const isUnsent =
    [code, originalCode].some((each) => neverConnected.has(each)) ||
    whileConnecting.has(timeoutType) ||
    beforeMail.has(command)
  // Else the connection broke after the mail was handed over: the server's last word was lost.
  return { kind: isUnsent ? 'postponed' : 'unknown', reason: 'unreachable' }
}
