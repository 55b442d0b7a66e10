import type { Handler, Tx } from '#kit'
import {
  ChooseTripRequest_Answer as Answer,
  type ChooseTripRequest,
  type DisruptionService,
} from '#gen/tms/ticketing/v1/disruption_service_pb.ts'
import type { Ctx } from '../../context.ts'
import type { TripChoice } from '../../domain/trip_choice.ts'
import { moveOn, over, payBack, type Replacement } from '../../steps/decide_choice.ts'
import { findChoice } from '../../steps/find_choice.ts'
import { choicesToProto } from '../../steps/show_choices.ts'
import { signTickets } from '../../steps/sign_tickets.ts'
import { readBooking } from '../../store/bookings.ts'
import { choiceOf } from '../../store/choices.ts'
import { rideOf } from '../../store/rides.ts'
import { bookingToProto } from '../../wire/booking.ts'

/** Moves the passenger of a cancelled trip to the next one, or gives the money back. */
export const chooseTrip =
  (ctx: Ctx): Handler<typeof DisruptionService.method.chooseTrip> =>
  async (req, call) => {
    const { choice } = await findChoice(ctx, req)
    const replacement = await replacementFor(ctx, choice, req)
    const work = async (tx: Tx) => {
      await decide(tx, ctx, choice, replacement)
      return answerOf(tx, ctx, choice, replacement?.booking.bookingId ?? choice.bookingId)
    }
    // Rows of the booking's company: whoever asks has shown its code and phone.
    return ctx.db.once(call, req, work, { tenantId: choice.tenantId })
  }

/** Who rides on gets tickets: they are signed before anything is written. Undefined for who wants the money, or comes too late. */
async function replacementFor(
  ctx: Ctx,
  choice: TripChoice,
  { answer }: ChooseTripRequest,
): Promise<Replacement | undefined> {
  if (answer !== Answer.MOVE) return undefined
  // All rows: code and phone together were the key.
  const booking = await readBooking(ctx.db.system, choice.replacementBookingId)
  if (!booking) throw new Error('a choice names a booking that is not there')
  const ride = await rideOf(ctx.db.system, booking)
  const tickets = choice.state === 'OPEN' ? await signTickets(ctx, booking, ride) : []
  return { booking, ride, tickets }
}

/** @throws {ConnectError} CHOICE_OVER, TRIP_CHANGED */
async function decide(tx: Tx, ctx: Ctx, choice: TripChoice, replacement: Replacement | undefined): Promise<void> {
  if (replacement) await moveOn(tx, ctx, choice, replacement)
  else if (!(await payBack(tx, ctx, choice, 'PASSENGER'))) throw over()
}

async function answerOf(tx: Tx, ctx: Ctx, { bookingId }: TripChoice, countingBookingId: string) {
  const [decided, booking] = [await choiceOf(tx, bookingId), await readBooking(tx, countingBookingId)]
  if (!decided || !booking) throw new Error('a choice was decided and is not there')
  const [shown] = await choicesToProto(tx, [decided])
  const ride = await rideOf(tx, booking)
  return { choice: shown, booking: bookingToProto(booking, ride, ctx.clock.now(), 'PASSENGER') }
}
