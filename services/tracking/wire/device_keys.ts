import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { DeviceKeyRow } from '../store/device_keys.ts'

/** A device key as messages tell it. */
export function deviceKeyToProto({ createTime, revokeTime, ...key }: DeviceKeyRow) {
  return {
    ...key,
    createTime: timestampFromDate(createTime),
    ...(revokeTime ? { revokeTime: timestampFromDate(revokeTime) } : {}),
  }
}
