import { constants, createCipheriv, createPublicKey, type KeyObject, publicEncrypt, randomBytes } from 'node:crypto'

/** Airtel's public key, from the base64 of its SubjectPublicKeyInfo or from PEM. @throws {Error} when it is neither */
export function publicKeyIn(text: string): KeyObject {
  if (text.includes('-----BEGIN')) return createPublicKey(text)
  return createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
}

/**
 * The PIN of a disbursement, encrypted for Airtel and in base64.
 *
 * Older sources say PKCS #1 v1.5, those about "Encryption 2.0" OAEP with SHA-256 for both hash and mask: a setting.
 */
export function sealedPin(pin: string, key: KeyObject, oaep: boolean): string {
  const padding = oaep
    ? { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
    : { padding: constants.RSA_PKCS1_PADDING }
  return publicEncrypt({ key, ...padding }, Buffer.from(pin, 'utf8')).toString('base64')
}

/**
 * The two headers of a signed request: the body's bytes under AES-256-CBC, and that cipher's key and IV under Airtel's
 * RSA key. Airtel encrypts what it receives and compares: the very bytes must be sent that were signed.
 */
export function signatureOf(
  body: string,
  key: KeyObject,
): { readonly 'x-signature': string; readonly 'x-key': string } {
  const [aesKey, iv] = [randomBytes(32), randomBytes(16)]
  const cipher = createCipheriv('aes-256-cbc', aesKey, iv)
  const signature = Buffer.concat([cipher.update(body, 'utf8'), cipher.final()])
  const secret = Buffer.from(`${aesKey.toString('base64')}:${iv.toString('base64')}`)
  const sealed = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, secret)
  return { 'x-signature': signature.toString('base64'), 'x-key': sealed.toString('base64') }
}
