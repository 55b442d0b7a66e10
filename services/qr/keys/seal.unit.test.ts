import { expect, test } from 'vitest'
import { sealUnder } from './seal.ts'

const seal = sealUnder('a long enough master secret')
const secret = Buffer.from('the key of all keys')

test('a sealed key opens under its own name only, and shows nothing of itself [S2-108]', () => {
  const sealed = seal.close('HMAC_SHA256 00000001', secret)
  expect(seal.open('HMAC_SHA256 00000001', sealed)).toEqual(secret)
  expect(sealed.includes(secret)).toBe(false)
  expect(seal.close('HMAC_SHA256 00000001', secret)).not.toEqual(sealed)
  expect(() => seal.open('HMAC_SHA256 00000002', sealed)).toThrow()
})

test('a sealed key does not open under another QR_KEY, nor with one byte changed', () => {
  const sealed = seal.close('name', secret)
  expect(() => sealUnder('another master secret').open('name', sealed)).toThrow()
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(() => seal.open('name', changed)).toThrow()
  }
})
