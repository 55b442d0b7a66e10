import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { type FileHandle, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeviceKey, SignedEntry } from './chain.ts'
import { DeviceBusyError, JournalDamagedError, type PosStore } from './store.ts'

/**
 * Keeps a device in a folder: the key readable by its owner alone, the journal a line for each entry, each line on disk
 * before the sale is told (fsync), and a lock file that names the process.
 *
 * A line that a power cut left half written was never told to anybody: it is cut off when the folder is opened again.
 *
 * @throws {DeviceBusyError} when another process has the device
 * @throws {JournalDamagedError} when a line is no entry, or out of order
 */
export async function fileStore(folder: string): Promise<PosStore> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const unlock = await takeLock(join(folder, 'lock'))
  try {
    const { entries, size } = await readJournal(join(folder, 'journal'))
    const file = await open(join(folder, 'journal'), 'a', 0o600)
    await file.truncate(size)
    return new FileStore(folder, file, entries, unlock)
  } catch (err) {
    unlock()
    throw err
  }
}

/** Locks that this process holds: its own id in a file says nothing about which of its parts. */
const ours = new Set<string>()

async function takeLock(path: string): Promise<() => void> {
  for (let tries = 0; tries < 3; tries++) {
    try {
      const file = await open(path, 'wx')
      await file.writeFile(String(process.pid))
      await file.close()
      ours.add(path)
      return () => {
        ours.delete(path)
        rmSync(path, { force: true })
      }
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code !== 'EEXIST') throw err
      if (ours.has(path) || lives(holderOf(path))) throw new DeviceBusyError('another process sells with this device')
      // Whoever held it is gone without a word.
      rmSync(path, { force: true })
    }
  }
  throw new DeviceBusyError('another process sells with this device')
}

function holderOf(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return 0
  }
}

function lives(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (err) {
    return (err as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function readJournal(path: string): Promise<{ entries: SignedEntry[]; size: number }> {
  const text = await readFile(path, 'utf8').catch((err: unknown) => {
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw err
  })
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const entries = whole
    .split('\n')
    .slice(0, -1)
    .map((line, i) => entryFrom(line, i + 1))
  return { entries, size: Buffer.byteLength(whole) }
}

function entryFrom(line: string, expected: number): SignedEntry {
  const [number, body, signature, ...rest] = line.split(' ')
  if (Number(number) !== expected || body === undefined || signature === undefined || rest.length > 0) {
    throw new JournalDamagedError(`line ${expected} of the journal is not its entry ${expected}`)
  }
  return { sequence: expected, body: bytesOf(body), signature: bytesOf(signature) }
}

const bytesOf = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'))
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

class FileStore implements PosStore {
  readonly #folder: string
  readonly #file: FileHandle
  readonly #entries: SignedEntry[]
  readonly #unlock: () => void

  constructor(folder: string, file: FileHandle, entries: SignedEntry[], unlock: () => void) {
    this.#folder = folder
    this.#file = file
    this.#entries = entries
    this.#unlock = unlock
  }

  async key(): Promise<DeviceKey> {
    const privateKey = (await this.#readKey()) ?? (await this.#makeKey())
    const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
    return {
      publicKey: Uint8Array.from(spki.subarray(-32)),
      sign: (bytes) => Promise.resolve(Uint8Array.from(sign(null, bytes, privateKey))),
    }
  }

  async append(entry: SignedEntry): Promise<void> {
    if (entry.sequence !== this.#entries.length + 1) {
      throw new JournalDamagedError(`entry ${entry.sequence} does not follow entry ${this.#entries.length}`)
    }
    await this.#file.appendFile(`${entry.sequence} ${textOf(entry.body)} ${textOf(entry.signature)}\n`)
    await this.#file.datasync()
    this.#entries.push(entry)
  }

  after(sequence: number, limit: number): Promise<SignedEntry[]> {
    return Promise.resolve(this.#entries.slice(sequence, sequence + limit))
  }

  last(): Promise<SignedEntry | undefined> {
    return Promise.resolve(this.#entries.at(-1))
  }

  async note(name: string): Promise<string | undefined> {
    return readFile(this.#notePath(name), 'utf8').catch(() => undefined)
  }

  /** Written beside and put in place, so that a power cut leaves the one or the other. */
  async setNote(name: string, value: string): Promise<void> {
    await writeThrough(`${this.#notePath(name)}.new`, value)
    await rename(`${this.#notePath(name)}.new`, this.#notePath(name))
  }

  async close(): Promise<void> {
    await this.#file.close()
    this.#unlock()
  }

  #notePath(name: string): string {
    return join(this.#folder, `note-${name}`)
  }

  async #readKey(): Promise<KeyObject | undefined> {
    const pem = await readFile(join(this.#folder, 'key.pem'), 'utf8').catch(() => undefined)
    return pem === undefined ? undefined : createPrivateKey(pem)
  }

  async #makeKey(): Promise<KeyObject> {
    const { privateKey } = generateKeyPairSync('ed25519')
    await writeThrough(join(this.#folder, 'key.pem'), String(privateKey.export({ format: 'pem', type: 'pkcs8' })))
    return privateKey
  }
}

async function writeThrough(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.datasync()
  } finally {
    await file.close()
  }
}
