import { expect, test } from 'vitest'
import { passwordsWith } from './passwords.ts'

const passwords = passwordsWith({ argonMemoryKib: 19_456, argonPasses: 2, argonLanes: 1 })

test('a password is kept as an argon2id hash with the parameters of OWASP [S1-13]', async () => {
  const stored = await passwords.hash('correct horse battery')
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await passwords.matches(stored, 'correct horse battery')).toBe(true)
  expect(await passwords.matches(stored, 'correct horse batterx')).toBe(false)
})

test('where there is no account, no password matches', async () => {
  expect(await passwords.matches(undefined, 'correct horse battery')).toBe(false)
})

test('a hash of other parameters is told, so that it can be made anew', async () => {
  const stronger = passwordsWith({ argonMemoryKib: 47_104, argonPasses: 1, argonLanes: 1 })
  const stored = await passwords.hash('correct horse battery')
  expect(passwords.isOutdated(stored)).toBe(false)
  expect(stronger.isOutdated(stored)).toBe(true)
})
