/** A device at a counter: sells with and without a network. For Node see `@tms/sdk/pos/node`. */
export * from './terminal.ts'
export * from './terminal_state.ts'
export * from './store.ts'
export type { Traveller } from './leases.ts'
export { indexedDbStore } from './indexed_db_store.ts'
export { type ChainFault, type DeviceKey, readEntry, type SignedEntry, verifyChain } from './chain.ts'
