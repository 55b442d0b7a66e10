import { create } from '@bufbuild/protobuf'
import type { Handler } from '#kit'
import {
  ExportPositionsResponseSchema,
  PositionFormat,
  type TrackingService,
} from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { csvFile, gpxFile } from '../domain/position_file.ts'
import { positionsOf, selectionOf } from '../steps/select_positions.ts'

const utf8 = new TextEncoder()

export const exportPositions = (ctx: Ctx): Handler<typeof TrackingService.method.exportPositions> =>
  async function* (req) {
    const selection = selectionOf(req.selection)
    const file = req.format === PositionFormat.GPX ? gpxFile() : csvFile()
    yield part(file.head)
    for await (const positions of positionsOf(ctx, selection)) yield part(file.part(positions))
    const tail = file.tail()
    if (tail !== '') yield part(tail)
  }

function part(text: string) {
  return create(ExportPositionsResponseSchema, { content: utf8.encode(text) })
}
