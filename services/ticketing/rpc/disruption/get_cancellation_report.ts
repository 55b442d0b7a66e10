import type { Handler } from '#kit'
import type { DisruptionService } from '#gen/tms/ticketing/v1/disruption_service_pb.ts'
import { refuse } from '../../errors.ts'
import type { Ctx } from '../../context.ts'
import { choicesToProto } from '../../steps/show_choices.ts'
import { cancellationSums, tripForReport } from '../../store/cancellations.ts'
import { choicesOfTrip } from '../../store/choices.ts'
import { reportToProto } from '../../wire/choice.ts'

/** More choices than any trip has; a guard, not a page. */
const MOST_CHOICES = 1_000

/** Tells what became of the bookings and the money of a cancelled trip. */
export const getCancellationReport =
  (ctx: Ctx): Handler<typeof DisruptionService.method.getCancellationReport> =>
  async ({ tripId }) =>
    ctx.db.transaction(async (tx) => {
      const trip = await tripForReport(tx, tripId)
      if (!trip) throw refuse('TRIP_UNKNOWN', 'no such trip', { trip_id: tripId })
      if (trip.state !== 'CANCELLED') throw refuse('TRIP_RUNS', 'the trip is not cancelled', { state: trip.state })
      const sums = await cancellationSums(tx, tripId, trip.currency)
      const choices = await choicesToProto(tx, await choicesOfTrip(tx, tripId, MOST_CHOICES))
      return { report: reportToProto(tripId, sums), choices }
    })
