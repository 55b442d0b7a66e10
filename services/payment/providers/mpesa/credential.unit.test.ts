import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto'
import { expect, test } from 'vitest'
import { darajaTime, pushPassword, securityCredential } from './credential.ts'

test('the password of a push, as the documentation prints it [S4-28]', () => {
  const passkey = 'bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919'
  expect(pushPassword('174379', passkey, '20160216165627')).toBe(
    'MTc0Mzc5YmZiMjc5ZjlhYTliZGJjZjE1OGU5N2RkNzFhNDY3Y2QyZTBjODkzMDU5YjEwZjc4ZTZiNzJhZGExZWQyYzkxOTIwMTYwMjE2MTY1NjI3',
  )
})

test('time is written in East Africa, three hours ahead, also over midnight', () => {
  expect(darajaTime(new Date('2026-11-20T06:07:08Z'))).toBe('20261120090708')
  expect(darajaTime(new Date('2026-12-31T22:00:00.999Z'))).toBe('20270101010000')
})

test('what is no certificate seals nothing', () => {
  expect(() => securityCredential('secret', '<html>not found</html>')).toThrow()
})

test('PKCS #1 v1.5 is the padding that Daraja opens', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const padding = constants.RSA_PKCS1_PADDING
  const sealed = publicEncrypt({ key: publicKey, padding }, Buffer.from('Safaricom999#'))
  expect(sealed.toString('base64')).toHaveLength(344)
  expect(privateDecrypt({ key: privateKey, padding }, sealed).toString()).toBe('Safaricom999#')
})
