import { setTimeout as sleep } from 'node:timers/promises'
import { create } from '@bufbuild/protobuf'
import type { Handler } from '#kit'
import { ReplayPositionsResponseSchema, type TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { positionsOf, selectionOf } from '../steps/select_positions.ts'
import { positionToProto } from '../wire/positions.ts'

export const replayPositions = (ctx: Ctx): Handler<typeof TrackingService.method.replayPositions> =>
  async function* (req, call) {
    const selection = selectionOf(req.selection)
    const begun = performance.now()
    let firstMs: number | undefined
    for await (const positions of positionsOf(ctx, selection)) {
      for (const one of positions) {
        const { sample } = one
        firstMs ??= sample.timeMs
        // Counted from the beginning, so that waiting a little too long each time does not add up.
        const waitMs = begun + (sample.timeMs - firstMs) / req.speed - performance.now()
        if (waitMs > 1) await sleep(waitMs, undefined, { signal: call.signal })
        yield create(ReplayPositionsResponseSchema, { position: positionToProto(one) })
      }
    }
  }
