import { isConstraint } from '#kit'
import { codeFrom } from '../domain/booking_code.ts'
import { refuse } from '../errors.ts'
import { randomCode } from './random_code.ts'

/** A code that is most likely new; the database knows, and another one is drawn then. */
export function newBookingCode(): string {
  return randomCode(codeFrom)
}

/** Draws so many codes at most: with ten million bookings one in fifteen thousand codes is taken. */
const CODES_DRAWN = 3

/**
 * Runs `attempt` again when the booking code that it drew is taken.
 *
 * @throws {ConnectError} ID_TAKEN when another passenger has the booking's id
 */
export async function drawingCodes<T>(bookingId: string, attempt: () => Promise<T>): Promise<T> {
  for (let drawn = 1; ; drawn++) {
    try {
      return await attempt()
    } catch (err) {
      if (isConstraint(err, 'booking_pkey')) {
        throw refuse('ID_TAKEN', 'somebody else made a booking of this id', { booking_id: bookingId })
      }
      if (drawn === CODES_DRAWN || !isConstraint(err, 'booking_code_key')) throw err
    }
  }
}
