import type { ServiceImpl } from '@connectrpc/connect'
import type { DisruptionService } from '#gen/tms/ticketing/v1/disruption_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { chooseTrip } from './choose_trip.ts'
import { getCancellationReport } from './get_cancellation_report.ts'
import { getTripChoice } from './get_trip_choice.ts'

/** Every method of DisruptionService. */
export const disruptionRpcs = (ctx: Ctx): ServiceImpl<typeof DisruptionService> => ({
  getTripChoice: getTripChoice(ctx),
  chooseTrip: chooseTrip(ctx),
  getCancellationReport: getCancellationReport(ctx),
})
