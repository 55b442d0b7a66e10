import { readSettings } from '#kit'
import { expect, test } from 'vitest'
import { settings } from './config.ts'

test('a QR_KEY that could be guessed is refused at the start [S2-108]', () => {
  expect(() => readSettings(settings, { QR_KEY: 'short' })).toThrow('QR_KEY must have 32 characters or more')
  expect(readSettings(settings, { QR_KEY: 'x'.repeat(32) }).masterSecret).toHaveLength(32)
})
