let lastMs = 0
let counter = 0

/**
 * A new id, UUID version 7: sorts by time, and is chosen by the client, so that a repeated request names the same thing.
 *
 * Ids of one page or process are in order also within a millisecond.
 * Source: RFC 9562, sections 5.7 and 6.2 (method 1).
 */
export function newId(nowMs: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10))
  const seed = ((bytes[0] ?? 0) << 3) | ((bytes[1] ?? 0) & 7) // 11 bits: leaves half of the counter to count in
  if (nowMs > lastMs) {
    lastMs = nowMs
    counter = seed
  } else if (++counter > 0xfff) {
    lastMs += 1
    counter = seed
  }
  bytes[2] = ((bytes[2] ?? 0) & 0x3f) | 0x80
  const random = Array.from(bytes.subarray(2), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const time = lastMs.toString(16).padStart(12, '0')
  const sequence = counter.toString(16).padStart(3, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence}-${random.slice(0, 4)}-${random.slice(4)}`
}
