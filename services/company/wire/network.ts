import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type FareSchema, FareState } from '#gen/tms/company/v1/fare_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import type { PatternSchema, RouteSchema } from '#gen/tms/company/v1/route_pb.ts'
import type { StopSchema } from '#gen/tms/company/v1/stop_pb.ts'
import { money, moneyToProto } from '#kit'
import { segmentsOf } from '../domain/pattern.ts'
import type { FareRow } from '../store/fares.ts'
import type { Pattern, Route } from '../store/routes.ts'
import type { StopRow } from '../store/stops.ts'

/** A stop on the wire. */
export function stopToProto(stop: StopRow): MessageInitShape<typeof StopSchema> {
  const { stopId, tenantId, name, code, town, otherNames, gtfsStopId } = stop
  return {
    stopId,
    tenantId,
    name,
    code,
    town,
    otherNames,
    location: { latitudeDegrees: stop.latitudeDegrees, longitudeDegrees: stop.longitudeDegrees },
    parentStopId: stop.parentStopId ?? '',
    gtfsStopId,
    createTime: timestampFromDate(stop.createTime),
    updateTime: timestampFromDate(stop.updateTime),
  }
}

/** A route on the wire. */
export function routeToProto(route: Route): MessageInitShape<typeof RouteSchema> {
  const { routeId, tenantId, name, shortName, gtfsRouteId } = route
  return {
    routeId,
    tenantId,
    name,
    shortName,
    patterns: route.patterns.map(patternToProto),
    gtfsRouteId,
    createTime: timestampFromDate(route.createTime),
    updateTime: timestampFromDate(route.updateTime),
  }
}

function patternToProto(pattern: Pattern): MessageInitShape<typeof PatternSchema> {
  const { patternId, headsign, direction, stops, pathPolyline } = pattern
  return { patternId, headsign, direction, stops: [...stops], segments: segmentsOf(stops), pathPolyline }
}

/** A fare on the wire. */
export function fareToProto(fare: FareRow): MessageInitShape<typeof FareSchema> {
  const { fareId, tenantId, fromStopId, toStopId, validFromDate, source } = fare
  return {
    fareId,
    tenantId,
    fromStopId,
    toStopId,
    seatClass: SeatClass[fare.seatClass],
    price: moneyToProto(money(fare.currency, fare.priceMinor)),
    validFromDate,
    validToDate: fare.validToDate ?? '',
    state: FareState[fare.state],
    source,
    createTime: timestampFromDate(fare.createTime),
    withdrawTime: fare.withdrawTime ? timestampFromDate(fare.withdrawTime) : undefined,
  }
}
