import { create } from '@bufbuild/protobuf'
import { type Handler, type Session, sessionOf, type Tx } from '#kit'
import {
  type LuggageService,
  type RegisterLuggageRequest,
  RegisterLuggageResponseSchema,
} from '#gen/tms/ticketing/v1/luggage_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { luggageFee } from '../../domain/luggage.ts'
import { refuse } from '../../errors.ts'
import { ticketVoid } from '../../steps/board_rider.ts'
import { reachTicket } from '../../steps/crew.ts'
import { askFee, drawingTags, signTags, type Tag, takeIn } from '../../steps/register_items.ts'
import { readRules } from '../../store/boarding_rules.ts'
import { countPieces } from '../../store/luggage.ts'
import { rideOf } from '../../store/rides.ts'
import { itemToProto } from '../../wire/luggage.ts'

/** Takes in luggage with a ticket: free within the allowance, one payment for what is beyond it. */
export const registerLuggage =
  (ctx: Ctx): Handler<typeof LuggageService.method.registerLuggage> =>
  async (req, call) => {
    const session = sessionOf(call)
    await drawingTags(async () => {
      const tags = await signTags(ctx, session.tenantId ?? '', req.pieces.length)
      await ctx.db.once(call, req, async (tx) => {
        await register(tx, ctx, req, session, tags)
        return create(RegisterLuggageResponseSchema)
      })
    })
    const items = await askFee(ctx, req.registrationId, req.collectCash)
    return { items: items.map((item) => itemToProto(item, session)) }
  }

async function register(tx: Tx, ctx: Ctx, req: RegisterLuggageRequest, session: Session, tags: readonly Tag[]) {
  const line = await reachTicket(tx, session, req.ticketId)
  if (line.state === 'VOID') throw ticketVoid()
  const { tenantId, tripId, fromSequence, toSequence, bookingId, position } = line
  const { trip } = await rideOf(tx, line)
  const { freeLuggagePieces, extraPieceFee } = await readRules(tx, tenantId)
  const pieces = { before: await countPieces(tx, bookingId, position), more: req.pieces.length }
  const fee = luggageFee(pieces, freeLuggagePieces, extraPieceFee, trip.currency)
  if (!fee) {
    const free = String(freeLuggagePieces)
    throw refuse('LUGGAGE_NOT_TAKEN', `the company takes ${free} pieces with a ticket`, { free_pieces: free })
  }
  const items = tags.map((tag, i) => ({
    ...tag,
    ...{ tenantId, tripId, fromSequence, toSequence, userId: session.userId },
    registrationId: req.registrationId,
    kind: 'LUGGAGE' as const,
    description: req.pieces[i]?.description.trim() ?? '',
    passenger: { bookingId, position },
    sender: undefined,
    recipient: undefined,
  }))
  await takeIn(tx, ctx, items, fee)
}
