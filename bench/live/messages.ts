/** The phones' order: so many streams, so many positions a second over all of them. */
export type PhonesOrder = {
  readonly port: number
  readonly streams: number
  readonly perSecond: number
  readonly seconds: number
}

/** What they came to. */
export type PhonesDone = { readonly sent: number; readonly rejected: number; readonly errors: readonly string[] }

/** The maps' order: open, forget what came so far, or tell. */
export type MapsOrder = { readonly open?: { readonly port: number; readonly token: string }; readonly forget?: true }

/** From measurement to decoded on a map, in milliseconds. */
export type MapsSaw = { readonly received: number; readonly p50: number; readonly p99: number; readonly max: number }
