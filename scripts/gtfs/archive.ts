import type { Readable } from 'node:stream'
import { fromBuffer, open, type Entry, type Options, type ZipFile } from 'yauzl'
import { FeedRefused, type Report } from './report.ts'

/** How large a feed may be. A country's feed is some hundred megabytes; what is larger is a mistake or a trap. */
export type ArchiveLimits = { readonly maxEntries: number; readonly maxUnpackedBytes: number }

/** Limits of the command. */
export const archiveLimits: ArchiveLimits = { maxEntries: 500, maxUnpackedBytes: 512 * 1024 * 1024 }

/** A feed's files. */
export type Archive = {
  /** Names without a folder. */
  readonly files: ReadonlySet<string>
  /** Bytes of a file, unpacked. */
  sizeOf(file: string): number
  /** A file as a stream; never more bytes than {@link sizeOf} says. */
  read(file: string): Promise<Readable>
  close(): void
}

/**
 * Opens the zip of a feed. Its table of contents is checked before anything is unpacked.
 *
 * @param source path of the file, or its bytes
 * @throws {FeedRefused} when it cannot be read, is no zip, or would unpack to more than the limits allow
 */
export async function openArchive(
  source: string | Buffer,
  report: Report,
  limits: ArchiveLimits = archiveLimits,
): Promise<Archive> {
  const name = typeof source === 'string' ? source : 'feed'
  const refuse = (detail: string) => new FeedRefused([{ file: name, line: undefined, detail }])
  const zip = await openZip(source).catch((err: unknown) => {
    throw refuse(explained(err))
  })
  try {
    const entries = await listEntries(zip, limits, refuse)
    const byFile = rootFiles(entries, report, name)
    return {
      files: new Set(byFile.keys()),
      sizeOf: (file) => byFile.get(file)?.uncompressedSize ?? 0,
      read: (file) => openEntry(zip, byFile.get(file)!),
      close: () => zip.close(),
    }
  } catch (err) {
    zip.close()
    throw err
  }
}

function openZip(source: string | Buffer): Promise<ZipFile> {
  const options: Options = { lazyEntries: true, autoClose: false, validateEntrySizes: true }
  return new Promise((resolve, reject) => {
    const done = (err: Error | null, zip: ZipFile | undefined) =>
      zip ? resolve(zip) : reject(err ?? new Error('empty'))
    if (typeof source === 'string') open(source, options, done)
    else fromBuffer(source, options, done)
  })
}

function explained(err: unknown): string {
  const { code, message } = err as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'is a folder; give the zip of the feed'
  if (code === 'EACCES') return 'may not be read'
  return `is not a zip that can be read (${message})`
}

function listEntries(zip: ZipFile, limits: ArchiveLimits, refuse: (detail: string) => Error): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = []
    let bytes = 0
    zip.on('error', (err: Error) => reject(refuse(explained(err))))
    zip.on('end', () => resolve(entries))
    zip.on('entry', (entry: Entry) => {
      entries.push(entry)
      bytes += entry.uncompressedSize
      if (entries.length > limits.maxEntries) return reject(refuse(`holds more than ${limits.maxEntries} files`))
      if (bytes > limits.maxUnpackedBytes) return reject(refuse(`unpacks to more than ${megabytes(limits)} MB`))
      if (entry.isEncrypted()) return reject(refuse(`${entry.fileName} is encrypted`))
      zip.readEntry()
    })
    zip.readEntry()
  })
}

const megabytes = ({ maxUnpackedBytes }: ArchiveLimits) => Math.floor(maxUnpackedBytes / 1024 / 1024)

/** The standard wants the files at the root of the zip; many are zipped with their folder. */
function rootFiles(entries: readonly Entry[], report: Report, name: string): Map<string, Entry> {
  const tables = entries.filter(({ fileName }) => /\.txt$/.test(fileName) && !fileName.startsWith('__MACOSX/'))
  const folders = new Set(tables.map(({ fileName }) => fileName.slice(0, fileName.lastIndexOf('/') + 1)))
  const [folder = ''] = folders
  if (folders.size > 1) report.fault(name, undefined, `holds feeds in several folders: ${[...folders].join(', ')}`)
  if (folders.size === 1 && folder !== '') report.mended(`files in a folder ${folder} instead of the root`, name)
  return new Map(tables.map((entry) => [entry.fileName.slice(folder.length), entry]))
}

function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (err, stream) => (err ? reject(err) : resolve(stream)))
  })
}
