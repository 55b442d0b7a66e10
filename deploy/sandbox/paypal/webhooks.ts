import { crc32 } from 'node:zlib'
import { json, objectOf } from '../net/answers.ts'
import type { Answer, Incoming } from '../net/router.ts'
import { HEX, UPPER_ALPHANUMERIC } from '../world/random.ts'
import { withAnotherToken } from '../world/deliveries.ts'
import type { PayPal } from './paypal.ts'

/** The name of the one certificate; a real one changes now and then. */
export const CERT_ID = 'CERT-360caa42-fca2a594-sandbox'

/** What somebody who is not PayPal may post to a webhook's address. */
export type WebhookForgery = 'none' | 'unsigned' | 'signature' | 'certificate' | 'body' | 'path-token'

type Event = { readonly url: string; readonly body: string; readonly headers: Readonly<Record<string, string>> }

/** Tells the shop of an event, signed, as the scenario has it. */
export function tell(paypal: PayPal, kind: string, resourceType: string, resource: object): void {
  if (paypal.webhook.url === '') return
  const body = eventBody(paypal, kind, resourceType, resource)
  void signed(paypal, body).then((event) => paypal.deliveries.deliver({ ...event, msisdn: '' }))
}

function eventBody({ world }: PayPal, kind: string, resourceType: string, resource: object): string {
  return JSON.stringify({
    id: `WH-${world.random.text(UPPER_ALPHANUMERIC, 17)}-${world.random.text(UPPER_ALPHANUMERIC, 17)}`,
    event_version: '1.0',
    create_time: world.clock.now().toISOString(),
    resource_type: resourceType,
    resource_version: '2.0',
    event_type: kind,
    summary: kind.toLowerCase().replaceAll('.', ' '),
    resource,
    links: [],
  })
}

async function signed(paypal: PayPal, body: string): Promise<Event> {
  const { world, webhook, signingKey, address } = paypal
  const id = [8, 4, 4, 4, 12].map((length) => world.random.text(HEX, length)).join('-')
  const time = world.clock.now().toISOString()
  const signature = await signingKey.sign(messageOf(id, time, webhook.id, body))
  const headers = {
    'paypal-transmission-id': id,
    'paypal-transmission-time': time,
    'paypal-transmission-sig': signature,
    'paypal-cert-url': `${address.baseUrl}/v1/notifications/certs/${CERT_ID}`,
    'paypal-auth-algo': 'SHA256withRSA',
    'paypal-auth-version': 'v2',
  }
  return { url: webhook.url, body, headers }
}

const messageOf = (id: string, time: string, webhookId: string, body: string | Buffer) =>
  `${id}|${time}|${webhookId}|${crc32(body)}`

/** An event that claims what is not so, in one of the ways in which it can be told. */
export async function forgedWebhook(
  paypal: PayPal,
  kind: string,
  resource: object,
  forgery: WebhookForgery,
): Promise<Event> {
  const { world, address } = paypal
  const event = await signed(paypal, eventBody(paypal, kind, 'capture', resource))
  const header = (name: string, value: string) => ({ ...event, headers: { ...event.headers, [name]: value } })
  switch (forgery) {
    case 'none':
      return event
    case 'unsigned':
      return { ...event, headers: {} }
    case 'signature':
      return header('paypal-transmission-sig', Buffer.from(world.random.text(HEX, 256)).toString('base64'))
    case 'certificate':
      return header('paypal-cert-url', `${address.baseUrl}/somewhere/else`)
    case 'body':
      return { ...event, body: event.body.replace('"event_version":"1.0"', '"event_version":"1.1"') }
    case 'path-token':
      return { ...event, url: withAnotherToken(world, event.url) }
  }
}

/** `POST /v1/notifications/verify-webhook-signature` */
export async function verifySignature(paypal: PayPal, request: Incoming): Promise<Answer> {
  const asked = objectOf(request.body)
  const text = (name: string) => (typeof asked[name] === 'string' ? asked[name] : '')
  // The event as it was sent, byte for byte: parsed and written again it could have another checksum.
  const event = /"webhook_event"\s*:\s*([^]*)\}\s*$/.exec(request.body.toString('utf8'))?.[1] ?? ''
  const message = messageOf(text('transmission_id'), text('transmission_time'), text('webhook_id'), event)
  const ours = text('webhook_id') === paypal.webhook.id && text('cert_url').endsWith(CERT_ID)
  const valid = ours && (await paypal.signingKey.isSigned(message, text('transmission_sig')))
  return json(200, { verification_status: valid ? 'SUCCESS' : 'FAILURE' })
}
