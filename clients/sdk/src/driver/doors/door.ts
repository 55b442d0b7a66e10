import type { MessageInitShape } from '@bufbuild/protobuf'
import type { OpenReporting, OpenReportingSchema } from '../../../../../gen/tms/tracking/v1/report_pb.ts'
import type {
  StreamPositionsRequest,
  StreamPositionsResponse,
} from '../../../../../gen/tms/tracking/v1/tracking_service_pb.ts'

/** The first frame of a sender. */
export type Hello = MessageInitShape<typeof OpenReportingSchema> & Pick<OpenReporting, 'recordingId'>

/** An open way to the server. The answers end, or throw, when it is over. */
export type Line = {
  /** Says a frame after the first. */
  say(frame: StreamPositionsRequest['frame']): void
  readonly answers: AsyncIterable<StreamPositionsResponse>
}

/** One of the ways in which positions reach the server: all take the same frames and give the same answers. */
export type Door = (hello: Hello, signal: AbortSignal) => Line
