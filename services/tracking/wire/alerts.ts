import { create } from '@bufbuild/protobuf'
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Alert, type AlertContent, AlertContentSchema, AlertSchema } from '#gen/tms/tracking/v1/alert_pb.ts'
import type { AlertRow, SubjectIds } from '../store/alerts.ts'

/** An alert as its company reads it. */
export function alertToProto({ alertId, tenantId, content, startTime, endTime, createTime }: AlertRow): Alert {
  const times = {
    startTime: timestampFromDate(startTime),
    ...(endTime ? { endTime: timestampFromDate(endTime) } : {}),
  }
  return create(AlertSchema, {
    alertId,
    tenantId,
    content: { ...content, ...times },
    createTime: timestampFromDate(createTime),
  })
}

/** What is kept of an alert that is written now. */
export function alertFromProto(
  content: AlertContent = create(AlertContentSchema),
  now: Date,
): Pick<AlertRow, 'content' | 'startTime' | 'endTime'> {
  const { startTime, endTime, ...said } = content
  return {
    content: create(AlertContentSchema, said),
    startTime: startTime ? timestampDate(startTime) : now,
    endTime: endTime && timestampDate(endTime),
  }
}

/** What an alert is about, by kind. */
export function subjectIdsOf({ subjects }: AlertContent): SubjectIds {
  const of = (kind: 'routeId' | 'stopId' | 'tripId') =>
    subjects.flatMap(({ subject }) => (subject.case === kind ? [subject.value] : []))
  return { routeIds: of('routeId'), stopIds: of('stopId'), tripIds: of('tripId') }
}
