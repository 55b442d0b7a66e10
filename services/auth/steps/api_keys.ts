import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { ApiKeySchema } from '#gen/tms/auth/v1/api_key_pb.ts'
import type { ApiKeyRow } from '../store/schema.ts'

/** A key as its owner sees it. */
export function apiKeyToProto(row: ApiKeyRow): MessageInitShape<typeof ApiKeySchema> {
  return {
    apiKeyId: row.apiKeyId,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    tenantId: row.tenantId ?? '',
    createTime: timestampFromDate(row.createTime),
    expireTime: timestampFromDate(row.expireTime),
    ...(row.useTime && { useTime: timestampFromDate(row.useTime) }),
    ...(row.revokeTime && { revokeTime: timestampFromDate(row.revokeTime) }),
  }
}
