import type { MessageInitShape } from '@bufbuild/protobuf'
import { AlertCause, AlertEffect, AlertSeverity, type AlertText } from '#gen/tms/tracking/v1/alert_pb.ts'
import {
  Alert_Cause,
  Alert_Effect,
  Alert_SeverityLevel,
  type EntitySelectorSchema,
  type FeedMessage,
  type TripDescriptorSchema,
  TripDescriptor_ScheduleRelationship as Relationship,
} from '#gen/transit_realtime/gtfs-realtime_pb.ts'
import type { AlertRow } from '../store/alerts.ts'
import type { Journey } from '../store/journeys.ts'
import { type Entity, type FeedFacts, feedOf, tripOf } from './realtime_feed.ts'

/** Passengers are warned of more than so much. */
const LONG_DELAY_MS = 20 * 60_000

/** What passengers should know: what staff wrote, trips that do not run, and those that are very late. */
export function alertsFeed(facts: FeedFacts): FeedMessage {
  const written = facts.alerts.flatMap((alert) => writtenEntity(facts, alert) ?? [])
  const cancelled = facts.cancelled.map((journey): Entity => {
    const trip = { ...tripOf(journey), scheduleRelationship: Relationship.CANCELED }
    return { id: journey.tripId, alert: alertOf(journey, trip, Alert_Effect.NO_SERVICE, 'This trip does not run.') }
  })
  const late = [...facts.journeys.values()].flatMap((journey): Entity[] => {
    const last = facts.progress.get(journey.tripId)?.predictions.at(-1)
    const delayMs = last ? last.timeMs - journey.calls[last.stop]!.arrivalMs : 0
    if (delayMs < LONG_DELAY_MS) return []
    const text = `This trip is about ${Math.round(delayMs / 600_000) * 10} minutes late.`
    return [{ id: journey.tripId, alert: alertOf(journey, tripOf(journey), Alert_Effect.SIGNIFICANT_DELAYS, text) }]
  })
  return feedOf(facts, [...written, ...cancelled, ...late])
}

function alertOf(
  { calls }: Journey,
  trip: MessageInitShape<typeof TripDescriptorSchema>,
  effect: Alert_Effect,
  text: string,
) {
  const translated = { translation: [{ text, language: 'en' }] }
  const [start, end] = [calls[0]!.departureMs - 86_400_000, calls.at(-1)!.arrivalMs + 3_600_000]
  return {
    activePeriod: [{ start: BigInt(Math.floor(start / 1_000)), end: BigInt(Math.floor(end / 1_000)) }],
    informedEntity: [{ trip }],
    cause: Alert_Cause.UNKNOWN_CAUSE,
    effect,
    headerText: translated,
    descriptionText: translated,
  }
}

/** What staff wrote; undefined when all that it is about is unknown to the schedule. */
function writtenEntity(facts: FeedFacts, { alertId, content, startTime, endTime }: AlertRow): Entity | undefined {
  const informedEntity = content.subjects.flatMap(({ subject }) => selectorOf(facts, subject) ?? [])
  if (informedEntity.length === 0) return undefined
  const secondsOf = (time: Date) => BigInt(Math.floor(time.getTime() / 1_000))
  const { header, description, url } = content
  const alert = {
    activePeriod: [{ start: secondsOf(startTime), ...(endTime ? { end: secondsOf(endTime) } : {}) }],
    informedEntity,
    cause: CAUSES[content.cause],
    effect: EFFECTS[content.effect],
    severityLevel: SEVERITIES[content.severity],
    headerText: { translation: translationsOf(header) },
    descriptionText: { translation: translationsOf(description.length > 0 ? description : header) },
    ...(url === '' ? {} : { url: { translation: [{ text: url }] } }),
  }
  return { id: alertId, alert }
}

const translationsOf = (texts: readonly AlertText[]) => texts.map(({ text, language }) => ({ text, language }))

function selectorOf(
  { companySlug, journeys }: FeedFacts,
  subject: AlertRow['content']['subjects'][number]['subject'],
): MessageInitShape<typeof EntitySelectorSchema> | undefined {
  switch (subject.case) {
    case 'company':
      return { agencyId: companySlug }
    case 'routeId':
      return { routeId: subject.value }
    case 'stopId':
      return { stopId: subject.value }
    case 'tripId': {
      const journey = journeys.get(subject.value)
      return journey && { trip: tripOf(journey) }
    }
    case undefined:
      return undefined
  }
}

const CAUSES: Readonly<Record<AlertCause, Alert_Cause>> = {
  [AlertCause.UNSPECIFIED]: Alert_Cause.UNKNOWN_CAUSE,
  [AlertCause.OTHER]: Alert_Cause.OTHER_CAUSE,
  [AlertCause.TECHNICAL_PROBLEM]: Alert_Cause.TECHNICAL_PROBLEM,
  [AlertCause.STRIKE]: Alert_Cause.STRIKE,
  [AlertCause.DEMONSTRATION]: Alert_Cause.DEMONSTRATION,
  [AlertCause.ACCIDENT]: Alert_Cause.ACCIDENT,
  [AlertCause.HOLIDAY]: Alert_Cause.HOLIDAY,
  [AlertCause.WEATHER]: Alert_Cause.WEATHER,
  [AlertCause.MAINTENANCE]: Alert_Cause.MAINTENANCE,
  [AlertCause.CONSTRUCTION]: Alert_Cause.CONSTRUCTION,
  [AlertCause.POLICE_ACTIVITY]: Alert_Cause.POLICE_ACTIVITY,
  [AlertCause.MEDICAL_EMERGENCY]: Alert_Cause.MEDICAL_EMERGENCY,
}

const EFFECTS: Readonly<Record<AlertEffect, Alert_Effect>> = {
  [AlertEffect.UNSPECIFIED]: Alert_Effect.UNKNOWN_EFFECT,
  [AlertEffect.NO_SERVICE]: Alert_Effect.NO_SERVICE,
  [AlertEffect.REDUCED_SERVICE]: Alert_Effect.REDUCED_SERVICE,
  [AlertEffect.SIGNIFICANT_DELAYS]: Alert_Effect.SIGNIFICANT_DELAYS,
  [AlertEffect.DETOUR]: Alert_Effect.DETOUR,
  [AlertEffect.ADDITIONAL_SERVICE]: Alert_Effect.ADDITIONAL_SERVICE,
  [AlertEffect.MODIFIED_SERVICE]: Alert_Effect.MODIFIED_SERVICE,
  [AlertEffect.STOP_MOVED]: Alert_Effect.STOP_MOVED,
  [AlertEffect.OTHER]: Alert_Effect.OTHER_EFFECT,
  [AlertEffect.NO_EFFECT]: Alert_Effect.NO_EFFECT,
}

const SEVERITIES: Readonly<Record<AlertSeverity, Alert_SeverityLevel>> = {
  [AlertSeverity.UNSPECIFIED]: Alert_SeverityLevel.INFO,
  [AlertSeverity.INFO]: Alert_SeverityLevel.INFO,
  [AlertSeverity.WARNING]: Alert_SeverityLevel.WARNING,
  [AlertSeverity.SEVERE]: Alert_SeverityLevel.SEVERE,
}
