import { createVerify, X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { crc32 } from 'node:zlib'
import type { SignedCallback } from '../provider.ts'

/** What a webhook's headers say about its signature. */
export type Transmission = {
  readonly id: string
  readonly time: string
  readonly signature: string
  readonly certUrl: string
  readonly algorithm: string
}

/** The transmission of a webhook; undefined when a header is missing, or names another algorithm than PayPal's. */
export function transmissionIn({ headers }: Pick<SignedCallback, 'headers'>): Transmission | undefined {
  const named = (name: string) => headers[`paypal-${name}`] ?? ''
  const transmission = {
    id: named('transmission-id'),
    time: named('transmission-time'),
    signature: named('transmission-sig'),
    certUrl: named('cert-url'),
    algorithm: named('auth-algo'),
  }
  if (Object.values(transmission).includes('') || transmission.algorithm !== 'SHA256withRSA') return undefined
  return transmission
}

/**
 * Whether PayPal's key has signed a webhook: RSA with SHA-256 (PKCS #1 v1.5) over
 * `transmissionId|transmissionTime|webhookId|crc32`, the last in decimal, of the body as it came.
 *
 * The body itself is bound by its CRC-32 only, which is no protection against somebody who has seen a signed one: what
 * it says is a reason to ask PayPal, never more.
 */
export function isSignedBy(
  certificate: X509Certificate,
  webhookId: string,
  transmission: Transmission,
  body: Uint8Array,
): boolean {
  const message = [transmission.id, transmission.time, webhookId, crc32(body)].join('|')
  return createVerify('RSA-SHA256').update(message).verify(certificate.publicKey, transmission.signature, 'base64')
}

/** Longest chain that is followed from a certificate to its root. */
const MAX_CHAIN = 5

/**
 * The first certificate of a bundle, when each is signed by the next up to a root, and all are valid now.
 *
 * @param pem one or more certificates, the signing one first
 * @param roots what is trusted at the end; the roots that Node.js ships with when left out
 */
export function trustedLeaf(pem: string, now: Date, roots: readonly string[]): X509Certificate | undefined {
  const bundle = certificatesIn(pem)
  const [leaf] = bundle
  if (!leaf) return undefined
  const trusted = (roots.length > 0 ? roots : rootCertificates).map((root) => new X509Certificate(root))
  let current = leaf
  for (let i = 0; i < MAX_CHAIN; i++) {
    if (!isValid(current, now)) return undefined
    const root = trusted.find((candidate) => issued(candidate, current))
    if (root) return isValid(root, now) ? leaf : undefined
    const next = bundle.find((candidate) => candidate !== current && candidate.ca && issued(candidate, current))
    if (!next) return undefined
    current = next
  }
  return undefined
}

function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    return []
  }
}

function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
  return subject.checkIssued(issuer) && subject.verify(issuer.publicKey)
}

function isValid(certificate: X509Certificate, now: Date): boolean {
  return certificate.validFromDate <= now && now <= certificate.validToDate
}
