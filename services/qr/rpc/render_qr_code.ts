import type { Handler } from '#kit'
import { RenderQrCodeRequest_Format, type QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { decodeCode, tagPrefix } from '../code/ticket_code.ts'
import type { Ctx } from '../context.ts'
import { drawPng, drawSvg } from '../drawing.ts'
import { refuse } from '../errors.ts'
import { keyringOf } from '../keys/keyring.ts'
import { isAuthentic } from '../keys/signing.ts'

const defaultSizePixels = 480

/** Draws only codes of ours: a picture that anybody could fill would lend our name to any link. */
export const renderQrCode =
  (ctx: Ctx): Handler<typeof QrService.method.renderQrCode> =>
  async (req) => {
    const code = decodeCode(req.code) ?? decodeCode(req.code, tagPrefix)
    const key = code && (await keyringOf(ctx).macKey(code.macKeyId))
    if (!key || !isAuthentic(code, key)) throw refuse('CODE_NOT_OURS', 'this is not the code of a ticket or a tag')
    const draw = req.format === RenderQrCodeRequest_Format.SVG ? drawSvg : drawPng
    return draw(req.code, req.sizePixels === 0 ? defaultSizePixels : req.sizePixels)
  }
