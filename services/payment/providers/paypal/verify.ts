import type { X509Certificate } from 'node:crypto'
import { type Context, OutboundError } from '#kit'
import { objectIn, textIn } from '../json.ts'
import type { OneAddress, SignedCallback } from '../provider.ts'
import { TokenUnavailable } from '../token.ts'
import type { PayPal } from './index.ts'
import { isSignedBy, type Transmission, transmissionIn, trustedLeaf } from './signature.ts'

type Verify = NonNullable<OneAddress['signed']>

/** How webhooks are checked, as the settings have it: by ourselves, or by asking PayPal. */
export function verifierOf(ctx: Pick<Context, 'http'>, paypal: PayPal): Verify {
  const verify = paypal.settings.paypalWebhookCheck === 'online' ? online(paypal) : offline(ctx, paypal)
  return async (callback) => {
    const transmission = transmissionIn(callback)
    if (!transmission) return 'FORGED'
    try {
      return await verify(callback, transmission)
    } catch (err) {
      if (err instanceof OutboundError || err instanceof TokenUnavailable) return 'UNKNOWN'
      throw err
    }
  }
}

type Check = (callback: SignedCallback, transmission: Transmission) => ReturnType<Verify>

/** A certificate that we fetch counts only from where PayPal publishes them: else anybody could bring his own. */
function isPayPals({ settings }: PayPal, certUrl: string): boolean {
  if (!URL.canParse(certUrl)) return false
  const { href } = new URL(certUrl) // with `..` resolved
  return settings.paypalCertUrls.some((prefix) => href.startsWith(prefix))
}

/** Checks the signature with the certificate that it names, which is fetched once. */
function offline(ctx: Pick<Context, 'http'>, paypal: PayPal): Check {
  const { settings, clock } = paypal
  const roots = settings.paypalCertRoots === 'public' ? [] : [settings.paypalCertRoots]
  const known = new Map<string, X509Certificate>()
  const leafAt = async (certUrl: string): Promise<X509Certificate | undefined> => {
    const kept = known.get(certUrl)
    if (kept && clock.now() <= kept.validToDate) return kept
    const { origin, pathname, search } = new URL(certUrl)
    const http = ctx.http({ name: 'paypal-cert', baseUrl: origin, timeoutMs: settings.paypalTimeoutMs })
    const { text } = await http.send({ method: 'GET', path: pathname + search })
    const leaf = trustedLeaf(text, clock.now(), roots)
    if (leaf) known.set(certUrl, leaf)
    return leaf
  }
  return async ({ body }, transmission) => {
    if (!isPayPals(paypal, transmission.certUrl)) return 'FORGED'
    const leaf = await leafAt(transmission.certUrl)
    return leaf && isSignedBy(leaf, settings.paypalWebhookId, transmission, body) ? 'SIGNED' : 'FORGED'
  }
}

/**
 * Asks PayPal: `POST /v1/notifications/verify-webhook-signature`, with the event byte for byte. PayPal knows its own
 * certificates: where this one is published is not asked here.
 */
function online({ client, settings }: PayPal): Check {
  return async ({ body }, transmission) => {
    const event = new TextDecoder().decode(body)
    if (!objectIn(event)) return 'FORGED'
    const facts = JSON.stringify({
      auth_algo: transmission.algorithm,
      cert_url: transmission.certUrl,
      transmission_id: transmission.id,
      transmission_sig: transmission.signature,
      transmission_time: transmission.time,
      webhook_id: settings.paypalWebhookId,
    })
    const response = await client.send({
      operation: 'webhooks',
      method: 'POST',
      path: '/v1/notifications/verify-webhook-signature',
      body: `${facts.slice(0, -1)},"webhook_event":${event}}`,
    })
    if (response.status !== 200) return 'UNKNOWN'
    return textIn(objectIn(response.text), 'verification_status') === 'SUCCESS' ? 'SIGNED' : 'FORGED'
  }
}
