import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { secretsIn } from './secrets.ts'

// Put together here, so that this file does not hold what it looks for.
const pemHeader = ['-----BEGIN', 'PRIVATE', 'KEY-----'].join(' ')
const awsKey = ['AKIA', 'ABCDEFGH12345678'].join('')
const random = randomBytes(32).toString('base64url').replace(/^.{4}/, 'aZ9b') // surely with letters and digits

test.each([
  ['a private key', `${pemHeader}\nMC4CAQAwBQYDK2Vw`],
  ['an AWS key', `id = ${awsKey}`],
  ['an address with a password', `postgres://tms:${random}@db.example.org/tms`],
  ['a random value under the name of a secret', `MPESA_CONSUMER_SECRET=${random}`],
  ['a random value under the name of a secret', `  apiKey: '${random}',`],
])('%s is found [S2-125]', (what, text) => {
  expect(secretsIn(`first line\n${text}`)).toEqual([`2: looks like ${what}`])
})

test.each([
  ['the name of a setting', `const MPESA_PASSKEY = secret('MPESA_PASSKEY', {})`],
  ['the name of a format', `if (text.startsWith('${pemHeader}'))`],
  ['a password of words', `const PASSWORD = 'Imvura-n-Izuba-1994-Huye'`],
  ['words', `idempotency_key: "payment_intent_confirm_request"`],
  ['an address of this machine', 'postgres://postgres:postgres@127.0.0.1:5432/postgres'],
  ['a password from a variable', 'postgres://tms:${password}@db/tms'],
  ["the sandbox's public passkey", `passkey = 'bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919'`],
])('%s is no secret', (_, text) => {
  expect(secretsIn(text)).toEqual([])
})
