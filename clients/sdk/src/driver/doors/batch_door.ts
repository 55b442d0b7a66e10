import { create } from '@bufbuild/protobuf'
import type { Client } from '@connectrpc/connect'
import { type PositionReport, ReportingOpenedSchema } from '../../../../../gen/tms/tracking/v1/report_pb.ts'
import {
  type StreamPositionsResponse,
  StreamPositionsResponseSchema,
  type TrackingService,
} from '../../../../../gen/tms/tracking/v1/tracking_service_pb.ts'
import { Feed } from '../feed.ts'
import type { Door, Hello } from './door.ts'

type Said = StreamPositionsResponse['frame']

/** A call for what has gathered since the one before: where neither streams nor sockets get through. It brings no messages. */
export function batchDoor(client: Client<typeof TrackingService>): Door {
  return (hello, signal) => {
    const reports = new Feed<PositionReport>()
    signal.addEventListener('abort', () => reports.end(), { once: true })
    return {
      say: ({ case: kind, value }) => {
        if (kind === 'report') reports.put(value)
      },
      answers: answersOf(client, hello, reports, signal),
    }
  }
}

async function* answersOf(
  client: Client<typeof TrackingService>,
  open: Hello,
  reports: AsyncIterable<PositionReport>,
  signal: AbortSignal,
): AsyncGenerator<StreamPositionsResponse> {
  // What the server has is known from the first answer; until then nothing is taken for safe.
  yield answer({ case: 'opened', value: create(ReportingOpenedSchema) })
  for await (const report of reports) {
    const { ack, reportInterval } = await client.reportPositions({ open, report }, { signal })
    if (ack) yield answer({ case: 'ack', value: ack })
    if (reportInterval) yield answer({ case: 'reportInterval', value: reportInterval })
  }
}

function answer(frame: Said): StreamPositionsResponse {
  return create(StreamPositionsResponseSchema, { frame })
}
