import { integer, type SettingsOf } from '#kit'

/** What can be set from outside. */
export const settings = {
  generateDays: integer('COMPANY_GENERATE_DAYS', {
    default: 14,
    min: 1,
    max: 60,
    help: 'how many days ahead trips are made from schedules',
  }),
  importKeepHours: integer('COMPANY_IMPORT_KEEP_HOURS', {
    default: 24,
    min: 1,
    max: 720,
    help: 'how long an import that was not applied is kept',
  }),
}

/** The values of the settings. */
export type Settings = SettingsOf<typeof settings>
