import { type Handler, sessionOf } from '#kit'
import type { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { readManifest } from '../../steps/read_manifest.ts'
import { manifestToProto } from '../../wire/manifest.ts'

/** Shows the passengers of a trip to its crew. */
export const getManifest =
  (ctx: Ctx): Handler<typeof BoardingService.method.getManifest> =>
  async (req, call) => {
    const session = sessionOf(call)
    const manifest = await readManifest(ctx, session, req.tripId)
    return { manifest: manifestToProto(manifest, req.stopSequence, session) }
  }
