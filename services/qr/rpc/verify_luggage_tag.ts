import { fromBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { type Handler, sessionOf } from '#kit'
import { LuggageTagClaimsSchema } from '#gen/tms/qr/v1/luggage_tag_pb.ts'
import type { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { VerificationResult } from '#gen/tms/qr/v1/ticket_pb.ts'
import { uuidOf } from '../code/claims.ts'
import { decodeCode, tagPrefix } from '../code/ticket_code.ts'
import type { Ctx } from '../context.ts'
import { keyringOf } from '../keys/keyring.ts'
import { isAuthentic } from '../keys/signing.ts'

/** Tells whose piece a tag is on, if it is the company's. */
export const verifyLuggageTag =
  (ctx: Ctx): Handler<typeof QrService.method.verifyLuggageTag> =>
  async (req, call) => {
    const code = decodeCode(req.code, tagPrefix)
    if (!code) return { result: VerificationResult.MALFORMED }
    const key = await keyringOf(ctx).macKey(code.macKeyId)
    if (!key) return { result: VerificationResult.UNKNOWN_KEY }
    if (!isAuthentic(code, key)) return { result: VerificationResult.TAMPERED }
    const claims = fromBinary(LuggageTagClaimsSchema, code.payload)
    const tenantId = uuidOf(claims.tenantId)
    if (tenantId !== sessionOf(call).tenantId) return { result: VerificationResult.WRONG_TRIP }
    const { tagNumber, expireSeconds } = claims
    const expireTime = timestampFromMs(expireSeconds * 1000)
    return { result: VerificationResult.VALID, tag: { itemId: uuidOf(claims.itemId), tenantId, tagNumber, expireTime } }
  }
