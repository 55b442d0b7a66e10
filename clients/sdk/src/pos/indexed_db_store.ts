import { type DeviceKey, deviceKeyOf, type SignedEntry } from './chain.ts'
import { DeviceBusyError, type PosStore } from './store.ts'

/** One request of IndexedDB as a promise. */
function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result)
    }
    request.onerror = () => {
      reject(request.error ?? new Error('IndexedDB failed'))
    }
  })
}

/**
 * Keeps a device in the IndexedDB of a browser, under a lock that the browser gives to one tab at a time and takes back
 * when the tab is gone. The private key can be used and not be read, by this page or any other.
 *
 * @param name tells devices of one browser apart
 * @throws {DeviceBusyError} when another tab has the device
 */
export async function indexedDbStore(name: string): Promise<PosStore> {
  const release = await takeLock(`tms-pos:${name}`)
  try {
    return new IndexedDbStore(await openDatabase(`tms-pos:${name}`), release)
  } catch (err) {
    release()
    throw err
  }
}

function takeLock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) {
        reject(new DeviceBusyError('another tab sells with this device'))
        return undefined
      }
      return new Promise<void>((letGo) => {
        resolve(letGo)
      })
    })
    held.catch(reject)
  })
}

function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1)
  request.onupgradeneeded = () => {
    request.result.createObjectStore('entries', { keyPath: 'sequence' })
    request.result.createObjectStore('notes')
    request.result.createObjectStore('keys')
  }
  return asked(request)
}

class IndexedDbStore implements PosStore {
  readonly #db: IDBDatabase
  readonly #release: () => void

  constructor(db: IDBDatabase, release: () => void) {
    this.#db = db
    this.#release = release
  }

  async key(): Promise<DeviceKey> {
    const known = await this.#read('keys', (store) => store.get('device') as IDBRequest<CryptoKeyPair | undefined>)
    if (known) return deviceKeyOf(known)
    const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
    await this.#write('keys', (store) => store.put(pair, 'device'))
    return deviceKeyOf(pair)
  }

  append(entry: SignedEntry): Promise<void> {
    // `add`, not `put`: an entry is never written over.
    return this.#write('entries', (store) => store.add(entry))
  }

  after(sequence: number, limit: number): Promise<SignedEntry[]> {
    return this.#read(
      'entries',
      (store) => store.getAll(IDBKeyRange.lowerBound(sequence, true), limit) as IDBRequest<SignedEntry[]>,
    )
  }

  async last(): Promise<SignedEntry | undefined> {
    const cursor = await this.#read('entries', (store) => store.openCursor(null, 'prev'))
    return cursor?.value as SignedEntry | undefined
  }

  note(name: string): Promise<string | undefined> {
    return this.#read('notes', (store) => store.get(name) as IDBRequest<string | undefined>)
  }

  setNote(name: string, value: string): Promise<void> {
    return this.#write('notes', (store) => store.put(value, name))
  }

  close(): Promise<void> {
    this.#db.close()
    this.#release()
    return Promise.resolve()
  }

  #read<T>(storeName: string, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return asked(ask(this.#db.transaction(storeName, 'readonly').objectStore(storeName)))
  }

  /** Resolves when the browser has it on disk, not when it has heard of it. */
  #write(storeName: string, ask: (store: IDBObjectStore) => IDBRequest): Promise<void> {
    const transaction = this.#db.transaction(storeName, 'readwrite', { durability: 'strict' })
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => {
        resolve()
      }
      transaction.onabort = () => {
        reject(transaction.error ?? new Error('IndexedDB refused to write'))
      }
      ask(transaction.objectStore(storeName))
    })
  }
}
