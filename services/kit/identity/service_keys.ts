import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const ALGORITHM = 'EdDSA'

/**
 * Key pairs by which services prove themselves to each other: every service has its own, and knows the public keys of
 * the others. No secret is shared by two services.
 */
export interface ServiceKeys {
  /** The private key of a service that runs here. */
  privateKey(service: string): Promise<CryptoKey>
  /** The public key of a service; undefined when there is no such service. */
  publicKey(service: string): Promise<CryptoKey | undefined>
}

/** Keys that live as long as the process: for tests. */
export function ephemeralServiceKeys(): ServiceKeys {
  const pairs = new Map<string, ReturnType<typeof generateKeyPair>>()
  const pairOf = (service: string) => {
    const made = pairs.get(service) ?? generateKeyPair(ALGORITHM)
    pairs.set(service, made)
    return made
  }
  return {
    privateKey: async (service) => (await pairOf(service)).privateKey,
    publicKey: async (service) => (await pairOf(service)).publicKey,
  }
}

/**
 * Keys as files: `<dir>/<service>.private.jwk` for the services that run here, `<dir>/<service>.public.jwk` for all.
 *
 * A missing pair is made, so that one machine needs no set-up; in production each service mounts its own private file
 * and everybody's public ones.
 */
export function storedServiceKeys(dir: string): ServiceKeys {
  const publicKeys = new Map<string, Promise<CryptoKey | undefined>>()
  return {
    privateKey: (service) => privateKeyFrom(dir, service),
    publicKey: (service) => {
      const cached = publicKeys.get(service) ?? publicKeyFrom(dir, service)
      publicKeys.set(service, cached)
      // An absent key is asked for again: the peer may be started later.
      void cached.then((key) => key ?? publicKeys.delete(service))
      return cached
    },
  }
}

async function privateKeyFrom(dir: string, service: string): Promise<CryptoKey> {
  const stored = await readJwk(join(dir, `${service}.private.jwk`))
  if (stored) return importKey(stored)
  const pair = await generateKeyPair(ALGORITHM, { extractable: true })
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, `${service}.public.jwk`), JSON.stringify(await exportJWK(pair.publicKey)))
  await writeFile(join(dir, `${service}.private.jwk`), JSON.stringify(await exportJWK(pair.privateKey)), {
    mode: 0o600,
  })
  return pair.privateKey
}

async function publicKeyFrom(dir: string, service: string): Promise<CryptoKey | undefined> {
  const names = await readdir(dir).catch(() => [])
  // The name comes from a token that is not verified yet: it only ever selects among files that are there.
  const file = names.find((name) => name === `${service}.public.jwk`)
  const stored = file === undefined ? undefined : await readJwk(join(dir, file))
  return stored && importKey(stored)
}

async function readJwk(path: string): Promise<JWK | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as JWK)
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, ALGORITHM)
  if (key instanceof Uint8Array) throw new Error('a service key must be an Ed25519 key pair')
  return key
}
