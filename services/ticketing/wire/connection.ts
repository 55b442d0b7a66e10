import type { MessageInitShape } from '@bufbuild/protobuf'
import { money, moneyToProto } from '#kit'
import type { ConnectionSchema, DayFareSchema } from '#gen/tms/ticketing/v1/connection_pb.ts'
import type { Connection, DayFare } from '../domain/connection.ts'

export function connectionToProto(connection: Connection): MessageInitShape<typeof ConnectionSchema> {
  const { originTown, destinationTown, tripCount, shortestSeconds, sellers } = connection
  return {
    originTown,
    destinationTown,
    tripCount,
    shortestDurationSeconds: shortestSeconds,
    lowestFare: fareToProto(connection),
    sellers: sellers.map((line) => ({
      tenantId: line.tenantId,
      companyName: line.companyName,
      tripCount: line.tripCount,
      lowestFare: fareToProto(line),
    })),
  }
}

export function dayFareToProto(day: DayFare): MessageInitShape<typeof DayFareSchema> {
  return { serviceDate: day.serviceDate, tripCount: day.tripCount, lowestFare: fareToProto(day) }
}

/** No fare is not there at all. */
function fareToProto({ currency, lowestMinor }: Pick<DayFare, 'currency' | 'lowestMinor'>) {
  return lowestMinor === null ? undefined : moneyToProto(money(currency, BigInt(lowestMinor)))
}
