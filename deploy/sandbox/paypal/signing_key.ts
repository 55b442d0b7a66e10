import { createSign, createVerify, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { selfSigned } from '../daraja/certificate.ts'

/** The key that webhooks are signed with. */
export type SigningKey = {
  /** The certificate that PayPal publishes, PEM; here it is its own root. */
  certificate(): Promise<string>
  /** SHA256withRSA, base64. */
  sign(message: string): Promise<string>
  isSigned(message: string, signature: string): Promise<boolean>
}

/** Shared by all sandboxes of a process, as the real key is by all merchants, and made when it is first needed. */
let pair: Promise<{ privateKey: KeyObject; certificate: string }> | undefined

export function startSigningKey(): SigningKey {
  const ready = () => (pair ??= newPair())
  return {
    certificate: async () => (await ready()).certificate,
    sign: async (message) =>
      createSign('RSA-SHA256')
        .update(message)
        .sign((await ready()).privateKey, 'base64'),
    isSigned: async (message, signature) => {
      const { publicKey } = new X509Certificate((await ready()).certificate)
      return createVerify('RSA-SHA256').update(message).verify(publicKey, signature, 'base64')
    },
  }
}

async function newPair(): Promise<{ privateKey: KeyObject; certificate: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return { privateKey, certificate: selfSigned('messageverificationcerts.sandbox.localhost', publicKey, privateKey) }
}
