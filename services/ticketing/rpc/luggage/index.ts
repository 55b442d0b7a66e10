import type { ServiceImpl } from '@connectrpc/connect'
import type { LuggageService } from '#gen/tms/ticketing/v1/luggage_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { getLuggage } from './get_luggage.ts'
import { listLuggage } from './list_luggage.ts'
import { moveLuggage } from './move_luggage.ts'
import { registerLuggage } from './register_luggage.ts'
import { registerParcel } from './register_parcel.ts'
import { rerouteLuggage } from './reroute_luggage.ts'

/** Every method of LuggageService. */
export const luggageRpcs = (ctx: Ctx): ServiceImpl<typeof LuggageService> => ({
  registerLuggage: registerLuggage(ctx),
  registerParcel: registerParcel(ctx),
  listLuggage: listLuggage(ctx),
  getLuggage: getLuggage(ctx),
  moveLuggage: moveLuggage(ctx),
  rerouteLuggage: rerouteLuggage(ctx),
})
