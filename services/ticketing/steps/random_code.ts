import { randomBytes } from 'node:crypto'

/** Draws until `read` makes a code of the bytes. */
export function randomCode(read: (random: Uint8Array) => string | undefined): string {
  for (;;) {
    const code = read(randomBytes(32))
    if (code !== undefined) return code
  }
}
