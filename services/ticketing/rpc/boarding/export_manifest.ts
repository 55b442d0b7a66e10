import { type Handler, sessionOf } from '#kit'
import {
  type BoardingService,
  ExportManifestRequest_Format as Format,
} from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { manifestCsv, manifestPdf } from '../../paper/manifest.ts'
import type { PaperLanguage } from '../../paper/manifest_words.ts'
import { readManifest } from '../../steps/read_manifest.ts'

/** Hands the manifest out as a file. */
export const exportManifest =
  (ctx: Ctx): Handler<typeof BoardingService.method.exportManifest> =>
  async (req, call) => {
    const reader = sessionOf(call)
    const manifest = await readManifest(ctx, reader, req.tripId)
    // The contract lets no other language in.
    const language = (req.language || 'en') as PaperLanguage
    const options = { sequence: req.stopSequence, language, reader }
    const { serviceDate, busPlate } = manifest.sheet
    const name = `manifest-${serviceDate}-${busPlate.replace(/[^A-Za-z0-9]/g, '')}`
    if (req.format === Format.CSV) {
      const content = new TextEncoder().encode(manifestCsv(manifest, options))
      return { content, mediaType: 'text/csv; charset=utf-8', fileName: `${name}.csv` }
    }
    return { content: await manifestPdf(manifest, options), mediaType: 'application/pdf', fileName: `${name}.pdf` }
  }
