import type { DeviceKey, SignedEntry } from './chain.ts'

/** Another tab, or another process, has this device. */
export class DeviceBusyError extends Error {
  override readonly name = 'DeviceBusyError'
}

/** The journal on this device was changed by something else than this library. */
export class JournalDamagedError extends Error {
  override readonly name = 'JournalDamagedError'
}

/**
 * Where a device keeps its key, its journal and what it knows. One at a time: opening it takes the device's lock, and
 * fails with {@link DeviceBusyError} while somebody else has it.
 */
export interface PosStore {
  /** The device's key pair; made at the first time. */
  key(): Promise<DeviceKey>
  /** Appends an entry; when it resolves, the entry survives a power cut. Fails when its number is taken. */
  append(entry: SignedEntry): Promise<void>
  /** Entries behind a number, in order. */
  after(sequence: number, limit: number): Promise<SignedEntry[]>
  /** The last entry; undefined when there is none. */
  last(): Promise<SignedEntry | undefined>
  /** What was written down under a name; undefined when nothing was. */
  note(name: string): Promise<string | undefined>
  /** Writes something down under a name; when it resolves, it survives a power cut. */
  setNote(name: string, value: string): Promise<void>
  /** Lets go of the lock. */
  close(): Promise<void>
}
