/** A device at a counter that keeps its journal in a folder. */
export * from './index.ts'
export { fileStore } from './file_store.ts'
