import { money, type Money, zero } from '#kit'

/** Where a piece stands. */
export type LuggageState = 'REGISTERED' | 'LOADED' | 'UNLOADED' | 'HANDED_OVER' | 'LOST' | 'CANCELLED'

/** What is done with a piece. */
export type LuggageMove = 'LOAD' | 'UNLOAD' | 'HAND_OVER' | 'LOSE' | 'FIND' | 'CANCEL'

const moves: Readonly<Record<LuggageMove, { readonly from: readonly LuggageState[]; readonly to: LuggageState }>> = {
  LOAD: { from: ['REGISTERED'], to: 'LOADED' },
  UNLOAD: { from: ['LOADED'], to: 'UNLOADED' },
  HAND_OVER: { from: ['UNLOADED'], to: 'HANDED_OVER' },
  LOSE: { from: ['REGISTERED', 'LOADED', 'UNLOADED'], to: 'LOST' },
  FIND: { from: ['LOST'], to: 'UNLOADED' },
  CANCEL: { from: ['REGISTERED'], to: 'CANCELLED' },
}

/** What a history tells of a piece. */
export type LuggageStep = LuggageMove | 'REROUTE'

/** A part of a trip that carries pieces. */
export type Way = { readonly tripId: string; readonly fromSequence: number; readonly toSequence: number }

/** Judges whether a piece may be sent another way; `SAME` when it waits there already. */
export function judgeReroute(piece: Way & Pick<PieceTerms, 'state'>, way: Way): 'REGISTERED' | 'SAME' | 'FAULT' {
  if (!['REGISTERED', 'LOADED', 'UNLOADED'].includes(piece.state)) return 'FAULT'
  const there =
    piece.tripId === way.tripId && piece.fromSequence === way.fromSequence && piece.toSequence === way.toSequence
  return there && piece.state === 'REGISTERED' ? 'SAME' : 'REGISTERED'
}

/** The part of a piece that decides what can be done with it. */
export type PieceTerms = {
  readonly state: LuggageState
  readonly fromSequence: number
  readonly toSequence: number
  readonly paid: boolean
}

/** What comes of a move; `SAME` when it was made before. */
export type MoveVerdict =
  | { readonly to: LuggageState }
  | 'SAME'
  | { readonly fault: 'STATE' }
  | { readonly fault: 'STOP'; readonly belongsTo: number }
  | { readonly fault: 'UNPAID' }

/** Judges what somebody wants to do with a piece at a call. */
export function judgeMove(piece: PieceTerms, move: LuggageMove, sequence: number): MoveVerdict {
  const { from, to } = moves[move]
  if (piece.state === to) return 'SAME'
  if (!from.includes(piece.state)) return { fault: 'STATE' }
  if (move === 'LOAD' && sequence !== piece.fromSequence) return { fault: 'STOP', belongsTo: piece.fromSequence }
  if (move === 'UNLOAD' && sequence !== piece.toSequence) return { fault: 'STOP', belongsTo: piece.toSequence }
  if (move === 'LOAD' && !piece.paid) return { fault: 'UNPAID' }
  return { to }
}

/**
 * What pieces cost that come to those a passenger has already; undefined when the company takes no more than are free.
 *
 * @param extraFee for each piece beyond the free ones, in the trip's currency
 */
export function luggageFee(
  pieces: { readonly before: number; readonly more: number },
  free: number,
  extraFee: Money | undefined,
  currency: string,
): Money | undefined {
  const extra = Math.max(0, pieces.before + pieces.more - free) - Math.max(0, pieces.before - free)
  if (extra === 0) return zero(currency)
  return extraFee?.currency === currency ? money(currency, extraFee.minor * BigInt(extra)) : undefined
}

/** Wrong codes that somebody may give before a piece is locked. */
export const PICKUP_ATTEMPTS = 5
