import { create, toBinary } from '@bufbuild/protobuf'
import type { Handler } from '#kit'
import { type LuggageTag, type LuggageTagClaims, LuggageTagClaimsSchema } from '#gen/tms/qr/v1/luggage_tag_pb.ts'
import type { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { bytesOfUuid, secondsOf } from '../code/claims.ts'
import { tagPrefix } from '../code/ticket_code.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { keyringOf } from '../keys/keyring.ts'
import { signCode } from '../keys/signing.ts'
import { addTickets, codesOf } from '../store/tickets.ts'

/** Signs tags. They are kept beside the tickets: a key verifies until the last of both has expired. */
export const signLuggageTags =
  (ctx: Ctx): Handler<typeof QrService.method.signLuggageTags> =>
  async ({ tags }) => {
    const keys = await keyringOf(ctx).signingKeys()
    const now = ctx.clock.now()
    const rows = tags.map((tag) => {
      const claims = claimsOf(tag)
      return {
        ticketId: tag.itemId.toLowerCase(),
        tenantId: tag.tenantId,
        code: signCode(toBinary(LuggageTagClaimsSchema, claims), keys, tagPrefix),
        macKeyId: keys.mac.keyId,
        signatureKeyId: keys.signature.keyId,
        expireTime: new Date(claims.expireSeconds * 1000),
        createTime: now,
      }
    })
    // Ticketing signs for every company; each row keeps its own.
    await addTickets(ctx.db.system, rows)
    const first = await codesOf(
      ctx.db.system,
      rows.map(({ ticketId }) => ticketId),
    )
    return { codes: rows.map(({ ticketId, code }) => first.get(ticketId) ?? code) }
  }

function claimsOf({ itemId, tenantId, tagNumber, expireTime }: LuggageTag): LuggageTagClaims {
  try {
    return create(LuggageTagClaimsSchema, {
      itemId: bytesOfUuid(itemId),
      tenantId: bytesOfUuid(tenantId),
      tagNumber,
      expireSeconds: secondsOf(expireTime),
    })
  } catch (err) {
    if (err instanceof RangeError) throw refuse('TIME_UNREADABLE', err.message, { ticket_id: itemId })
    throw err
  }
}
