import type { Session, Tx } from '#kit'
import { refuse } from '../errors.ts'
import { lockShift, readShift, type Shift } from '../store/shifts.ts'

/** What lets somebody see and receive the cash of others. */
export const SUPERVISE = 'ticketing.shifts.supervise'

/**
 * A shift that the caller may see: the caller's own, or with `ticketing.shifts.supervise` any of the company.
 *
 * @throws {ConnectError} SHIFT_UNKNOWN, also for a shift of somebody else: nobody learns that it exists
 */
export async function reachShift(tx: Tx, session: Session, shiftId: string): Promise<Shift> {
  const shift = await readShift(tx, shiftId)
  if (shift && (shift.agentUserId === session.userId || session.can(SUPERVISE))) return shift
  throw shiftUnknown()
}

/**
 * The caller's own shift, kept from changing until the transaction ends.
 *
 * @throws {ConnectError} SHIFT_UNKNOWN
 */
export async function lockOwnShift(tx: Tx, session: Session, shiftId: string): Promise<Shift> {
  const shift = await lockShift(tx, shiftId)
  if (shift?.agentUserId === session.userId) return shift
  throw shiftUnknown()
}

/** As {@link lockOwnShift}. @throws {ConnectError} SHIFT_UNKNOWN, SHIFT_NOT_OPEN */
export async function lockOpenShift(tx: Tx, session: Session, shiftId: string): Promise<Shift> {
  const shift = await lockOwnShift(tx, session, shiftId)
  if (shift.state === 'OPEN') return shift
  throw refuse('SHIFT_NOT_OPEN', 'the shift has been counted', { state: shift.state })
}

/** As {@link lockOwnShift}. @throws {ConnectError} SHIFT_UNKNOWN, SHIFT_NOT_COUNTED */
export async function lockCountedShift(tx: Tx, session: Session, shiftId: string): Promise<Shift> {
  const shift = await lockOwnShift(tx, session, shiftId)
  if (shift.state === 'COUNTED') return shift
  throw refuse('SHIFT_NOT_COUNTED', 'the shift is not counted, or is closed already', { state: shift.state })
}

function shiftUnknown() {
  return refuse('SHIFT_UNKNOWN', 'no such shift')
}
