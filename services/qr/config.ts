import { integer, secret, type SettingsOf } from '#kit'

export const settings = {
  masterSecret: {
    ...secret('QR_KEY', {
      default: 'tms development key, replace it in production',
      help: 'encrypts the signing keys at rest: 32 random characters or more, the same for ever',
    }),
    parse: longEnough,
  },
  rotateDays: integer('QR_ROTATE_DAYS', { default: 90, min: 1, help: 'after how many days new signing keys are made' }),
}

function longEnough(value: string): string {
  if (value.length < 32) throw new RangeError('must have 32 characters or more')
  return value
}

export type Settings = SettingsOf<typeof settings>
