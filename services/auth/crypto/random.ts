import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { sixDigits } from '../domain/code.ts'

/** 256 random bits as 43 letters: what cannot be guessed needs no slow hash. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** A code of six digits, all equally likely. */
export function newCode(): string {
  return sixDigits(randomInt(1_000_000))
}

/** What is stored of a secret of 256 bits. */
export function hashOfSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Compares two hashes of one length in constant time. */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
