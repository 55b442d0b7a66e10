import { constants, generateKeyPair, type KeyObject, privateDecrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { selfSigned } from './certificate.ts'

/** The key pair to whose public half API operators encrypt their password (`SecurityCredential`). */
export type CredentialKey = {
  /** The certificate that the portal offers for download, PEM. */
  certificate(): Promise<string>
  /** The password inside, or undefined when the credential was not made with our certificate. */
  open(credential: string): Promise<string | undefined>
}

/** 256 octets in base64: what a 2048-bit key makes. */
const CREDENTIAL = /^[A-Za-z0-9+/]{342}==$/

/** Whether a credential could be one at all. */
export const isCredential = (text: string) => CREDENTIAL.test(text)

/** The pair is made when it is first needed: most runs only push and query. */
export function startCredentialKey(): CredentialKey {
  let pair: Promise<{ privateKey: KeyObject; certificate: string }> | undefined
  const ready = () => (pair ??= newPair())
  return {
    certificate: async () => (await ready()).certificate,
    open: async (credential) => decrypt((await ready()).privateKey, credential),
  }
}

async function newPair(): Promise<{ privateKey: KeyObject; certificate: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return { privateKey, certificate: selfSigned('apicrypt.sandbox.localhost', publicKey, privateKey) }
}

function decrypt(key: KeyObject, credential: string): string | undefined {
  try {
    const octets = Buffer.from(credential, 'base64')
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, octets).toString('utf8')
  } catch {
    return undefined // encrypted to another key
  }
}
