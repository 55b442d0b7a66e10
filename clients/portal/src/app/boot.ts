import { createContext, use } from 'react'
import type { Language } from '../i18n/languages.ts'

/** An answer that the server already had, as bytes in base64. */
export type Seed = { readonly method: string; readonly input: string; readonly output: string }

/** What the server tells the browser beside the markup. */
export type Boot = {
  readonly language: Language
  /** Where `data` belongs, without the language's prefix. */
  readonly path: string
  /** The day in the companies' zone. */
  readonly today: string
  readonly data: unknown
  readonly seeds: readonly Seed[]
}

const BootContext = createContext<Boot | undefined>(undefined)

export const BootProvider = BootContext.Provider

export function useBoot(): Boot {
  const boot = use(BootContext)
  if (!boot) throw new Error('a component stands outside the app')
  return boot
}

/** The zone of the companies that sell here. */
export const TIME_ZONE = 'Africa/Kigali'

/** Where the browser finds it. */
export const BOOT_ID = 'boot'
