import { createPassengerTms, type PassengerTms } from '@tms/sdk/passenger'
import type { Language } from '../i18n/languages.ts'

let made: PassengerTms | undefined

/** The client of this browser. Its session and its keys are shared by all tabs. */
export function tmsOf(language: Language): PassengerTms {
  made ??= createPassengerTms({ baseUrl: location.origin, storage: localStorage, language })
  return made
}
