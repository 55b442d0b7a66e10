/**
 * A delivery report of Africa's Talking: a form that is posted to the address in the account's dashboard. It is not signed;
 * only the provider knows the secret in our address. Reports can come out of order, twice, or not at all.
 * Source: developers.africastalking.com, "Delivery reports".
 */
export type SmsReport = {
  readonly messageId: string
  /** E.164 with plus. */
  readonly phone: string
  readonly status: 'on-the-way' | 'delivered' | 'failed'
  /** The provider's word when it failed, e.g. `UserInBlackList`. */
  readonly reason: string
}

const statuses: Readonly<Record<string, SmsReport['status']>> = {
  Sent: 'on-the-way',
  Submitted: 'on-the-way',
  Buffered: 'on-the-way',
  Success: 'delivered',
  Rejected: 'failed',
  Failed: 'failed',
  AbsentSubscriber: 'failed',
  Expired: 'failed',
}

/** Reads a report; undefined when it is none. A status that is not documented leaves the message on its way. */
export function readSmsReport(body: Uint8Array): SmsReport | undefined {
  const form = new URLSearchParams(new TextDecoder().decode(body))
  const [messageId, phone, status] = [form.get('id'), form.get('phoneNumber'), form.get('status')]
  if (!messageId || !status || messageId.length > 128) return undefined
  const reason = form.get('failureReason') ?? status
  return {
    messageId,
    phone: e164(phone ?? ''),
    status: statuses[status] ?? 'on-the-way',
    reason: /^\w{1,64}$/.exec(reason)?.[0] ?? 'failed',
  }
}

/** Forms of some senders leave the plus as it is, which form decoding turns into a space. */
function e164(phone: string): string {
  const digits = phone.replace(/\D/g, '')
  return digits === '' ? '' : `+${digits.slice(0, 15)}`
}
