import { integer, type SettingsOf } from '#kit'

export const settings = {
  invitationDays: integer('TENANT_INVITATION_DAYS', { default: 7, min: 1, max: 30, help: 'life of an invitation' }),
}

export type Settings = SettingsOf<typeof settings>
