import { create, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { generateKeyPairSync, sign } from 'node:crypto'
import { JournalEntrySchema } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { Suite } from '#kit/testing'
import { type Company, id } from './companies.ts'

/**
 * A company with a counter: a device that has a seat of the trip, has written down one shift, and has sent one entry too
 * many; and another device that waits to be enrolled.
 */
export async function sellAtCounter(suite: Suite, company: Company) {
  const counter = suite.client(PointOfSaleService, company.manager)
  const [stationStopId] = company.stopIds
  const posDeviceId = id()
  const name = `${company.facts.name} counter`
  const { enrolmentCode: own } = await counter.createPosDevice({ deviceId: posDeviceId, name, stationStopId })
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  await counter.enrolPosDevice({
    enrolmentCode: own,
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
    proof: sign(null, Buffer.from(`TMSE1:${own.replaceAll('-', '')}`), privateKey),
  })
  const leaseId = id()
  await counter.leaseSeats({ leaseId, deviceId: posDeviceId, tripId: company.tripId, seatCount: 1 })
  const opening = (sequence: bigint) => {
    const body = toBinary(
      JournalEntrySchema,
      create(JournalEntrySchema, {
        deviceId: posDeviceId,
        sequence,
        previousHash: new Uint8Array(32),
        deviceTime: timestampFromDate(suite.clock.now()),
        shiftId: id(),
        agentUserId: company.managerId,
        detail: { case: 'shiftOpen', value: { float: { currencyCode: 'RWF', units: 5_000n } } },
      }),
    )
    return { body, signature: sign(null, Buffer.concat([Buffer.from('TMSJ1:'), body]), privateKey) }
  }
  await counter.syncSales({ deviceId: posDeviceId, entries: [opening(1n)] })
  const { quarantineId } = await counter.syncSales({ deviceId: posDeviceId, entries: [opening(3n)] })
  const { enrolmentCode } = await counter.createPosDevice({ deviceId: id(), name: `${name} 2`, stationStopId })
  await suite.settle()
  return { posDeviceId, leaseId, quarantineId, enrolmentCode, stationStopId }
}
