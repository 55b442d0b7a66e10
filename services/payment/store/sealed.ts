import { customType } from 'drizzle-orm/pg-core'
import { keys } from '../crypto/keys.ts'
import type { Use } from '../crypto/seal.ts'

const sealedText = (use: Exclude<Use, 'raw'>) =>
  customType<{ data: string; driverData: string }>({
    dataType: () => 'text',
    toDriver: (text) => keys().seal(use, text),
    fromDriver: (text) => keys().open(use, text),
  })

/** A column with a person's number or address, sealed; it cannot be searched. */
export const sealedNumber = sealedText('number')

/** A column with a provider's receipt or reference, sealed so that equal ones are equal: it can be looked for, and be unique. */
export const sealedReference = sealedText('reference')

/** A column with what came from outside as it came, sealed. */
export const sealedBytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  toDriver: (bytes) => keys().sealBytes(bytes),
  fromDriver: (bytes) => keys().openBytes(bytes),
})

/** A number as a parameter of a hand-written statement. */
export const numberSealed = (text: string): string => keys().seal('number', text)

/** A receipt or reference as a parameter of a hand-written statement; null stays null. */
export function referenceSealed(text: string): string
export function referenceSealed(text: string | null): string | null
export function referenceSealed(text: string | null): string | null {
  return text === null ? null : keys().seal('reference', text)
}

/** A receipt or reference that a hand-written statement gave. */
export const referenceOpened = (text: string): string => keys().open('reference', text)

/** A number that a hand-written statement gave. */
export const numberOpened = (text: string): string => keys().open('number', text)
