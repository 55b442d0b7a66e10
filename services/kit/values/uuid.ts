import { createHash, randomFillSync } from 'node:crypto'

/** A generator of ids in time order: takes milliseconds since 1970, gives the id as lower-case text. */
export type UuidV7Generator = (nowMs: number) => string

/** A clock that goes back by less is taken for a correction, and ids stay in order; by more, for another clock. */
const correctionMs = 10_000
const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * Makes a generator of UUIDs of version 7: 48 bits of time, a counter of 12 bits, 62 random bits.
 *
 * Ids of one generator sort in the order they were made, also within a millisecond, and when the clock is corrected
 * backwards by less than ten seconds. The counter starts at random in its lower half; when it overflows, the id is of
 * the next millisecond.
 * Source: RFC 9562, sections 5.7 and 6.2 (method 1, with rollover guard).
 */
export function uuidV7Generator(): UuidV7Generator {
  const random = randomBytes()
  let lastMs = 0
  let counter = 0
  return (nowMs) => {
    const bytes = random(10)
    if (nowMs > lastMs || lastMs - nowMs > correctionMs) {
      lastMs = nowMs
      counter = bytes.readUInt16BE(0) & 0x7ff
    } else if (++counter > 0xfff) {
      lastMs += 1
      counter = bytes.readUInt16BE(0) & 0x7ff
    }
    return layOut(lastMs, counter, bytes.subarray(2))
  }
}

/** A new id in time order (version 7), unique over all machines; monotonic within this process. */
export const newUuidV7: UuidV7Generator = uuidV7Generator()

/**
 * When an id of version 7 was made, to the millisecond.
 *
 * @throws {RangeError} when the text is not a UUID of version 7.
 */
export function uuidTime(id: string): Date {
  if (!isUuid(id) || id[14] !== '7') throw new RangeError(`"${id}" is not a UUID of version 7`)
  return new Date(parseInt(id.slice(0, 8) + id.slice(9, 13), 16))
}

/** Whether a text is a UUID of whatever version, in the form 8-4-4-4-12. */
export function isUuid(text: string): boolean {
  return pattern.test(text)
}

/**
 * The id that a name has in a namespace: the same on every machine and every run (version 5, SHA-1).
 *
 * Whoever knows both can work it out: it names, it does not hide.
 * Source: RFC 9562, section 5.5.
 *
 * @param namespace a UUID, the scope in which the name is unique.
 * @throws {RangeError} when the namespace is not a UUID.
 */
export function derivedUuid(namespace: string, name: string): string {
  if (!isUuid(namespace)) throw new RangeError(`"${namespace}" is not a UUID`)
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
  const bytes = hash.digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return dashed(bytes.toString('hex'))
}

function layOut(ms: number, counter: number, random: Buffer): string {
  const variant = (random[0]! & 0x3f) | 0x80
  const time = ms.toString(16).padStart(12, '0')
  const sequence = counter.toString(16).padStart(3, '0')
  return dashed(`${time}7${sequence}${variant.toString(16)}${random.toString('hex', 1, 8)}`)
}

function dashed(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Hands out random bytes from a pool: asking the system once per id is ten times slower. */
function randomBytes(): (count: number) => Buffer {
  const pool = Buffer.alloc(4000)
  let used = pool.length
  return (count) => {
    if (used + count > pool.length) {
      randomFillSync(pool)
      used = 0
    }
    used += count
    return pool.subarray(used - count, used)
  }
}
