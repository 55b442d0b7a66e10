import { randomInt } from 'node:crypto'

/** Draws for ids, receipts and "two to eight seconds". */
export type Random = {
  /** A whole number in [0, below). */
  below(below: number): number
  /** `length` characters, each drawn from `alphabet`. */
  text(alphabet: string, length: number): string
}

export const HEX = '0123456789abcdef'
export const UPPER_ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
export const ALPHANUMERIC = `${UPPER_ALPHANUMERIC}abcdefghijklmnopqrstuvwxyz`

/** Unpredictable draws, or with a seed the same draws on every run. */
export function randomOf(seed?: number): Random {
  const below = seed === undefined ? randomInt : seededBelow(seed)
  return {
    below: (limit) => below(limit),
    text: (alphabet, length) => {
      let text = ''
      for (let i = 0; i < length; i++) text += alphabet.charAt(below(alphabet.length))
      return text
    },
  }
}

/** splitmix32: 32 bits of state are plenty to make a run repeatable. */
function seededBelow(seed: number): (limit: number) => number {
  let state = seed | 0
  return (limit) => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return Math.floor((((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32) * limit)
  }
}
