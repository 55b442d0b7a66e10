import { integer, secret, type SettingsOf } from '#kit'

export const settings = {
  masterSecret: secret('QR_KEY', {
    default: 'tms development key, replace it in production',
    help: 'encrypts the signing keys at rest; any text of 32 characters or more, the same for ever',
  }),
  rotateDays: integer('QR_ROTATE_DAYS', { default: 90, min: 1, help: 'after how many days new signing keys are made' }),
}

export type Settings = SettingsOf<typeof settings>
