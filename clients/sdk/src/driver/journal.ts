import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire'
import { type Position, PositionSchema } from '../../../../gen/tms/tracking/v1/position_pb.ts'
import { PositionReportSchema } from '../../../../gen/tms/tracking/v1/report_pb.ts'
import { newId } from '../ids.ts'
import type { TmsStorage } from '../storage.ts'

/** What a phone measured; the journal numbers it. */
export type Fix = Omit<MessageInitShape<typeof PositionSchema>, '$typeName' | 'sequence' | 'busId' | 'tripId'>

/** So many positions share an item of the storage: what is written anew with each of them stays small. */
const CHUNK_POSITIONS = 50

/** A run of positions that is kept as one item. */
type Chunk = { readonly index: number; count: number; last: number }

/** What stands in the first item. */
type Head = { readonly recordingId: string; readonly first: number; readonly settled: number }

/**
 * Positions that are not known to be on the server's disk, numbered, in the storage: they outlive the page and the process.
 *
 * It has a bound; when it is full the oldest give way, and are counted.
 */
export class PositionJournal {
  readonly #storage: TmsStorage
  readonly #name: string
  readonly #capacity: number
  #recordingId = newId()
  #pending: Position[] = []
  #chunks: Chunk[] = []
  #nextChunk = 0
  #last = 0
  #settled = 0
  #lost = 0
  #writing: Promise<void> = Promise.resolve()
  #storageFault: unknown

  private constructor(storage: TmsStorage, name: string, capacity: number) {
    this.#storage = storage
    this.#name = name
    this.#capacity = capacity
  }

  /** Goes on with what the storage has under a name. */
  static async open(storage: TmsStorage, name: string, capacity: number): Promise<PositionJournal> {
    const journal = new PositionJournal(storage, name, capacity)
    await journal.#load()
    return journal
  }

  /** Which numbering this is. */
  get recordingId(): string {
    return this.#recordingId
  }

  /** How many are not known to be safe. */
  get size(): number {
    return this.#pending.length
  }

  /** The highest number given. */
  get last(): number {
    return this.#last
  }

  /** Everything up to here is safe. */
  get settled(): number {
    return this.#settled
  }

  /** How many gave way because the journal was full. */
  get lost(): number {
    return this.#lost
  }

  /** Why the storage did not take what was written last; undefined when it did. Then positions outlive no reload. */
  get storageFault(): unknown {
    return this.#storageFault
  }

  /** Numbers a position and keeps it. */
  async append(fix: Fix): Promise<Position> {
    this.#last += 1
    const position = create(PositionSchema, { ...fix, sequence: BigInt(this.#last) })
    this.#pending.push(position)
    const chunk = this.#openChunk()
    chunk.count += 1
    chunk.last = this.#last
    const bytes = this.#bytesOf(chunk)
    await this.#write(() => this.#storage.setItem(this.#itemOf(chunk.index), bytes))
    if (this.#pending.length > this.#capacity) await this.#giveWay()
    return position
  }

  /** The positions behind a number, in order. */
  after(sequence: number, limit: number): Position[] {
    const from = firstBehind(this.#pending, sequence)
    return this.#pending.slice(from, from + limit)
  }

  /** How many are kept up to a number. */
  countUpTo(sequence: number): number {
    return firstBehind(this.#pending, sequence)
  }

  /** Everything up to a number is safe, and forgotten here. */
  async settle(sequence: number): Promise<void> {
    if (sequence <= this.#settled) return
    this.#settled = sequence
    this.#pending.splice(0, firstBehind(this.#pending, sequence))
    await this.#dropChunks(({ last }) => last <= sequence)
  }

  /** Begins another numbering, of which the server knows nothing, with what is kept. */
  async beginAnew(): Promise<void> {
    this.#recordingId = newId()
    this.#settled = 0
    await this.#writeHead()
  }

  #openChunk(): Chunk {
    const open = this.#chunks.at(-1)
    if (open && open.count < CHUNK_POSITIONS) return open
    const chunk = { index: this.#nextChunk, count: 0, last: this.#last }
    this.#nextChunk += 1
    this.#chunks.push(chunk)
    return chunk
  }

  #bytesOf(chunk: Chunk): string {
    const before = this.#chunks[this.#chunks.indexOf(chunk) - 1]?.last ?? 0
    const positions = this.#pending.slice(firstBehind(this.#pending, before))
    return base64Encode(toBinary(PositionReportSchema, create(PositionReportSchema, { positions })))
  }

  async #giveWay(): Promise<void> {
    const last = this.#chunks[0]?.last ?? 0
    this.#lost += this.#pending.splice(0, firstBehind(this.#pending, last)).length
    await this.#dropChunks((chunk) => chunk.last <= last)
  }

  /** The head is written first: what it does not name does not come back, even when it could not be removed. */
  async #dropChunks(isOver: (chunk: Chunk) => boolean): Promise<void> {
    const over = this.#chunks.filter(isOver)
    this.#chunks = this.#chunks.filter((chunk) => !isOver(chunk))
    await this.#writeHead()
    const remove = () => Promise.all(over.map(async ({ index }) => this.#storage.removeItem(this.#itemOf(index))))
    this.#writing = this.#writing.then(remove).then(
      () => undefined,
      () => undefined, // it takes room, and does no harm
    )
    await this.#writing
  }

  #writeHead(): Promise<void> {
    const first = this.#chunks[0]?.index ?? this.#nextChunk
    const head: Head = { recordingId: this.#recordingId, first, settled: this.#settled }
    return this.#write(() => this.#storage.setItem(this.#name, JSON.stringify(head)))
  }

  /** One after the other, in the order in which they were asked for. A storage that fails does not stop the reports. */
  #write(work: () => void | Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(work).then(
      () => {
        this.#storageFault = undefined
      },
      (err: unknown) => {
        this.#storageFault = err
      },
    )
    return this.#writing
  }

  #itemOf(index: number): string {
    return `${this.#name}:${index}`
  }

  async #load(): Promise<void> {
    const head = headOf(await this.#storage.getItem(this.#name))
    if (!head) return this.#writeHead()
    this.#recordingId = head.recordingId
    this.#settled = this.#last = head.settled
    this.#nextChunk = head.first
    for (;;) {
      const item = await this.#storage.getItem(this.#itemOf(this.#nextChunk))
      if (item === null) break
      this.#adopt(item)
    }
  }

  #adopt(item: string): void {
    const positions = positionsOf(item)
    const last = Math.max(this.#last, Number(positions.at(-1)?.sequence ?? 0n))
    this.#chunks.push({ index: this.#nextChunk, count: CHUNK_POSITIONS, last })
    this.#nextChunk += 1
    this.#last = last
    this.#pending.push(...positions.filter(({ sequence }) => Number(sequence) > this.#settled))
  }
}

/** The place of the first position with a higher number. */
function firstBehind(positions: readonly Position[], sequence: number): number {
  let [low, high] = [0, positions.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (Number(positions[middle]!.sequence) > sequence) high = middle
    else low = middle + 1
  }
  return low
}

function headOf(item: string | null): Head | undefined {
  try {
    const head = JSON.parse(item ?? 'null') as Partial<Head> | null
    const { recordingId, first, settled } = head ?? {}
    if (typeof recordingId !== 'string' || !Number.isInteger(first) || !Number.isInteger(settled)) return undefined
    return { recordingId, first: first!, settled: settled! }
  } catch {
    return undefined
  }
}

/** What an item holds; nothing when something else wrote into it. */
function positionsOf(item: string): Position[] {
  try {
    return fromBinary(PositionReportSchema, base64Decode(item)).positions
  } catch {
    return []
  }
}
