import { create } from '@bufbuild/protobuf'
import { type Handler, type Session, sessionOf, type Tx } from '#kit'
import {
  type LuggageService,
  type RegisterParcelRequest,
  RegisterParcelResponseSchema,
} from '#gen/tms/ticketing/v1/luggage_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { isForward } from '../../domain/legs.ts'
import { refuse } from '../../errors.ts'
import { reachTrip } from '../../steps/crew.ts'
import { askFee, drawingTags, signTags, type Tag, takeIn } from '../../steps/register_items.ts'
import { readRules } from '../../store/boarding_rules.ts'
import { rideOf } from '../../store/rides.ts'
import { itemToProto } from '../../wire/luggage.ts'

/** Takes in a parcel from a sender to a recipient. */
export const registerParcel =
  (ctx: Ctx): Handler<typeof LuggageService.method.registerParcel> =>
  async (req, call) => {
    const session = sessionOf(call)
    await drawingTags(async () => {
      const [tag] = await signTags(ctx, session.tenantId ?? '', 1)
      await ctx.db.once(call, req, async (tx) => {
        await register(tx, ctx, req, session, tag!)
        return create(RegisterParcelResponseSchema)
      })
    })
    const [item] = await askFee(ctx, req.registrationId, req.collectCash)
    return { item: item && itemToProto(item, session) }
  }

async function register(tx: Tx, ctx: Ctx, req: RegisterParcelRequest, session: Session, tag: Tag) {
  const { tripId, fromSequence, toSequence, sender, recipient } = req
  const { tenantId, state, calls } = await reachTrip(tx, session, tripId)
  if (!isForward({ from: fromSequence, to: toSequence }) || toSequence >= calls.length) {
    const legs = { from_sequence: String(fromSequence), to_sequence: String(toSequence) }
    throw refuse('LEGS_INVALID', 'this trip carries nothing from the one stop to the other', legs)
  }
  if (state === 'CANCELLED' || state === 'ARRIVED') throw refuse('TRIP_OVER', 'the trip is over', { state })
  const { trip } = await rideOf(tx, { tripId, fromSequence, toSequence })
  const { parcelFee } = await readRules(tx, tenantId)
  if (parcelFee?.currency !== trip.currency) throw refuse('LUGGAGE_NOT_TAKEN', 'the company takes no parcels')
  const item = {
    ...tag,
    ...{ tenantId, tripId, fromSequence, toSequence, userId: session.userId },
    registrationId: req.registrationId,
    kind: 'PARCEL' as const,
    description: req.piece?.description.trim() ?? '',
    passenger: undefined,
    sender: { name: sender?.name.trim() ?? '', phone: sender?.phone ?? '' },
    recipient: {
      name: recipient?.name.trim() ?? '',
      phone: recipient?.phone ?? '',
      language: recipient?.language || session.language,
    },
  }
  await takeIn(tx, ctx, [item], parcelFee)
}
