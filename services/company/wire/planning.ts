import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import {
  type DriverLicenceSchema,
  PlanChange_Subject as Subject,
  type PlanChangeSchema,
  PlanCollision_Kind as Kind,
  type PlanCollisionSchema,
  type PlannedTripSchema,
  type PlanningRules as WireRules,
  type PlanningRulesSchema,
  type TripPlanSchema,
} from '#gen/tms/company/v1/planning_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import type { Collision, PlannedTrip, PlanningRules } from '../domain/collisions.ts'
import { plannedOf } from '../planning/collide.ts'
import type { EditPlan } from '../planning/plan_edit.ts'
import type { LicenceRow, PlanChangeRow } from '../store/planning.ts'

/** The rules of a company off the wire. */
export function rulesFromProto(rules: WireRules): PlanningRules {
  const { minTurnMinutes, minBreakMinutes, minRestMinutes, maxDutyMinutes, licenceRequired, licenceClasses } = rules
  return { minTurnMinutes, minBreakMinutes, minRestMinutes, maxDutyMinutes, licenceRequired, licenceClasses }
}

/** The rules of a company on the wire. */
export function rulesToProto(
  { licenceClasses, ...rules }: PlanningRules,
  updateTime: Date | undefined,
): MessageInitShape<typeof PlanningRulesSchema> {
  return {
    ...rules,
    licenceClasses: [...licenceClasses],
    updateTime: updateTime && timestampFromDate(updateTime),
  }
}

/** A licence on the wire, its number but for the end as stars. */
export function licenceToProto(row: LicenceRow): MessageInitShape<typeof DriverLicenceSchema> {
  const { licenceId, driverUserId, licenceClass, maskedNumber, validFromDate, validToDate } = row
  return {
    ...{ licenceId, driverUserId, licenceClass, maskedNumber, validFromDate, validToDate },
    createTime: timestampFromDate(row.createTime),
    updateTime: timestampFromDate(row.updateTime),
  }
}

/** What collides, on the wire. */
export function collisionToProto(collision: Collision): MessageInitShape<typeof PlanCollisionSchema> {
  const { kind, trips, busId, driverUserId, minutes, requiredMinutes } = collision
  return {
    kind: Kind[kind],
    trips: trips.map(plannedToProto),
    busId: busId ?? '',
    driverUserId: driverUserId ?? '',
    minutes: Math.floor(minutes ?? 0),
    requiredMinutes: requiredMinutes ?? 0,
  }
}

function plannedToProto(trip: PlannedTrip): MessageInitShape<typeof PlannedTripSchema> {
  return {
    tripId: trip.tripId ?? '',
    scheduleId: trip.scheduleId,
    serviceDate: trip.serviceDate,
    departureTime: timestampFromDate(trip.departureTime),
    arrivalTime: timestampFromDate(trip.arrivalTime),
    busId: trip.busId ?? '',
    driverUserId: trip.driverUserId ?? '',
    state: TripState[trip.state],
  }
}

/** What would come of an edit, on the wire. */
export function editPlanToProto(plan: EditPlan): MessageInitShape<typeof TripPlanSchema> {
  return {
    changes: plan.changes.map(({ before, after }) => ({
      before: plannedToProto(plannedOf(before)),
      after: plannedToProto(plannedOf({ ...before, trip: after })),
    })),
    collisions: plan.collisions.map(collisionToProto),
    digest: plan.digest,
  }
}

/** An entry of the history on the wire. */
export function planChangeToProto(row: PlanChangeRow): MessageInitShape<typeof PlanChangeSchema> {
  const { changeId, subject, subjectId, tripId, userId, created, oldValues, newValues } = row
  return {
    changeId,
    subject: Subject[subject as Exclude<keyof typeof Subject, 'UNSPECIFIED'>],
    subjectId,
    tripId: tripId ?? '',
    userId: userId ?? '',
    changeTime: timestampFromDate(row.changeTime),
    created,
    fields: Object.keys(newValues)
      .sort()
      .map((name) => ({ name, oldValue: written(oldValues[name]), newValue: written(newValues[name]) })),
  }
}

function written(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
