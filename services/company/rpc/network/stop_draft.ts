import type { CreateStopRequest, UpdateStopRequest } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Queries } from '#kit'
import { folded } from '../../domain/folded.ts'
import { givenOrNull } from '../../wire/names.ts'
import { requireStop } from '../required.ts'

/** What a request says about a stop, as the table keeps it. The parent must be the company's. */
export async function stopFacts(tx: Queries, tenantId: string, req: CreateStopRequest | UpdateStopRequest) {
  const { stopId, name, code, town, otherNames, location, parentStopId } = req
  if (parentStopId !== '') await requireStop(tx, tenantId, parentStopId)
  return {
    tenantId,
    stopId,
    name,
    code,
    town,
    otherNames,
    latitudeDegrees: location!.latitudeDegrees, // required by the contract
    longitudeDegrees: location!.longitudeDegrees,
    parentStopId: givenOrNull(parentStopId),
    searchText: folded(name, code, town, ...otherNames),
  }
}
