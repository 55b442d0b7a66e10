import { create, type MessageShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { SyncSalesResponseSchema } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { TakenBatch } from '../../steps/pos/take_over.ts'
import { resultToProto } from './entries.ts'

/** What a device is told about a batch. */
export function batchToProto(batch: TakenBatch, now: Date): MessageShape<typeof SyncSalesResponseSchema> {
  const { head, quarantineId } = batch
  return create(SyncSalesResponseSchema, {
    results: batch.results.map(resultToProto),
    journalSequence: BigInt(head.sequence),
    journalHash: head.sequence === 0 ? new Uint8Array() : Buffer.from(head.hash, 'hex'),
    quarantineId: quarantineId ?? '',
    serverTime: timestampFromDate(now),
  })
}
