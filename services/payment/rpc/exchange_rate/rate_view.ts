import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { ExchangeRateSchema } from '#gen/tms/payment/v1/exchange_rate_pb.ts'
import { rateText } from '../../domain/exchange.ts'
import type { RateRow } from '../../store/schema.ts'

/** A rate on the wire. */
export function rateToProto(row: RateRow): MessageInitShape<typeof ExchangeRateSchema> {
  return {
    exchangeRateId: row.exchangeRateId,
    fromCurrency: row.fromCurrency,
    toCurrency: row.toCurrency,
    rate: rateText(row.rate),
    marginBasisPoints: row.marginBasisPoints,
    expireTime: timestampFromDate(row.expireTime),
    createTime: timestampFromDate(row.createTime),
    setByUserId: row.setByUserId,
  }
}
