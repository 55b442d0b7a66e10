import { constants, publicEncrypt, X509Certificate } from 'node:crypto'

/**
 * The moment as Daraja writes it: `YYYYMMDDHHmmss` in East Africa Time (UTC+3, no summer time).
 */
export function darajaTime(instant: Date): string {
  const eastAfrica = new Date(instant.getTime() + 3 * 3_600_000)
  return eastAfrica.toISOString().replaceAll(/\D/g, '').slice(0, 14)
}

/** The password of a push or of its query: short code, passkey and the very timestamp that is sent beside it. */
export function pushPassword(shortCode: string, passkey: string, timestamp: string): string {
  return Buffer.from(`${shortCode}${passkey}${timestamp}`).toString('base64')
}

/**
 * The initiator's password, sealed for Daraja: RSA with PKCS #1 v1.5 padding under the key of its certificate, base64.
 *
 * The password alone is sealed, without a timestamp (one community SDK appends it, wrongly). The published
 * certificates ran out long ago and are used all the same, so that their dates are not looked at.
 *
 * @throws {Error} when the certificate is not one
 */
export function securityCredential(password: string, certificatePem: string): string {
  const { publicKey } = new X509Certificate(certificatePem)
  const sealed = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(password, 'utf8'))
  return sealed.toString('base64')
}
