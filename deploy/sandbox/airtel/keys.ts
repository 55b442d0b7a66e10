import { constants, createCipheriv, createHmac, generateKeyPairSync, type KeyObject, privateDecrypt } from 'node:crypto'

/** The key pair under whose public half merchants encrypt their PIN and the keys of their signatures. */
export type Keys = {
  /** Base64 of the SubjectPublicKeyInfo. */
  readonly publicKey: () => string
  /** The PIN inside, in either padding; undefined when it was not encrypted for us. */
  openPin(sealed: string): string | undefined
  /** Whether `x-signature` and `x-key` belong to these very bytes. */
  isSigned(body: Buffer, signature: string, key: string): boolean
}

/** Made when first needed: it takes longer than the rest of the start. */
export function startKeys(): Keys {
  let pair: { publicKey: KeyObject; privateKey: KeyObject } | undefined
  const keys = () => (pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 }))
  const open = (sealed: string, padding: { padding: number; oaepHash?: string }) => {
    try {
      return privateDecrypt({ key: keys().privateKey, ...padding }, Buffer.from(sealed, 'base64')).toString('utf8')
    } catch {
      return undefined
    }
  }
  const pkcs1 = { padding: constants.RSA_PKCS1_PADDING }
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  return {
    publicKey: () => keys().publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    // A wrong PKCS #1 padding opens as noise, by design: OAEP, which notices, is tried first.
    openPin: (sealed) => open(sealed, oaep) ?? open(sealed, pkcs1),
    isSigned: (body, signature, key) => {
      const [aesKey = '', iv = ''] = (open(key, pkcs1) ?? '').split(':')
      try {
        const cipher = createCipheriv('aes-256-cbc', Buffer.from(aesKey, 'base64'), Buffer.from(iv, 'base64'))
        return Buffer.concat([cipher.update(body), cipher.final()]).toString('base64') === signature
      } catch {
        return false
      }
    },
  }
}

/** The `hash` of an authenticated callback. Which bytes Airtel hashes is not documented: here, the body without it. */
export function callbackHash(key: string, body: string): string {
  return createHmac('sha256', key).update(body).digest('base64')
}
