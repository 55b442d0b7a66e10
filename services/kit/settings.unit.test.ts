import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { flag, integer, list, readSettings, secret, text, url } from './settings.ts'
import { UserError } from './user_error.ts'

const spec = {
  holdSeconds: integer('HOLD', { default: 600, min: 30, max: 3_600, help: 'how long a seat is kept' }),
  sender: text('SENDER', { help: 'who signs messages' }),
  live: flag('LIVE', { default: false, help: 'whether money is real' }),
  base: url('BASE', { default: 'http://127.0.0.1:1/', help: 'where the provider is' }),
  origins: list('ORIGINS', { default: [], help: 'who may call' }),
  key: secret('KEY', { default: 'dev', help: 'what signs' }),
}

test('settings are read from the environment, with their defaults', () => {
  expect(readSettings(spec, { SENDER: 'TMS', LIVE: 'true', ORIGINS: 'a, b,' })).toEqual({
    holdSeconds: 600,
    sender: 'TMS',
    live: true,
    base: 'http://127.0.0.1:1',
    origins: ['a', 'b'],
    key: 'dev',
  })
})

test('all faults are told at once, each with its variable and what it is for [S2-124]', () => {
  const read = () => readSettings(spec, { HOLD: '5', LIVE: 'yes', BASE: 'nowhere' })
  expect(read).toThrow(UserError)
  expect(read).toThrow(/HOLD .*30.*3600.*SENDER is not set.*LIVE .*BASE /)
})

test('a secret may come from a file; an empty variable counts as not set', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'key')
  writeFileSync(file, 'from a file\n')
  expect(readSettings(spec, { SENDER: 'x', KEY_FILE: file, HOLD: '' })).toMatchObject({
    key: 'from a file',
    holdSeconds: 600,
  })
})
