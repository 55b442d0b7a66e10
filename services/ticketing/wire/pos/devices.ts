import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { PosDevice_State as State, type PosDeviceSchema } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import type { Device } from '../../store/pos/devices.ts'

/** A device on the wire. */
export function deviceToProto(device: Device): MessageInitShape<typeof PosDeviceSchema> {
  const { deviceId, tenantId, name, stationStopId, stationName, head, enrolTime, revokeTime, syncTime } = device
  return {
    ...{ deviceId, tenantId, name, stationStopId, stationName },
    agentUserIds: [...device.agentUserIds],
    state: State[device.state],
    publicKey: device.publicKey ?? new Uint8Array(),
    journalSequence: BigInt(head.sequence),
    journalHash: head.sequence === 0 ? new Uint8Array() : Buffer.from(head.hash, 'hex'),
    quarantineId: device.quarantineId ?? '',
    createTime: timestampFromDate(device.createTime),
    ...(enrolTime && { enrolTime: timestampFromDate(enrolTime) }),
    ...(revokeTime && { revokeTime: timestampFromDate(revokeTime) }),
    ...(syncTime && { syncTime: timestampFromDate(syncTime) }),
    ...(device.state === 'INVITED' && { enrolmentExpireTime: timestampFromDate(device.enrolmentExpireTime) }),
  }
}
