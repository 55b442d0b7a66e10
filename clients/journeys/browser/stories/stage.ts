import type { Browser } from '../testing/chromium.ts'
import type { PortalTown } from '../testing/town.ts'

/** Where stories are played: one suite, one browser. */
export type Stage = { readonly town: PortalTown; readonly browser: Browser }
