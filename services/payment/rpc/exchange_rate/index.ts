import type { ServiceImpl } from '@connectrpc/connect'
import type { ExchangeRateService } from '#gen/tms/payment/v1/exchange_rate_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { listExchangeRates } from './list_exchange_rates.ts'
import { setExchangeRate } from './set_exchange_rate.ts'

/** Every RPC about exchange rates, complete by its type. */
export const exchangeRateRpcs = (ctx: Ctx): ServiceImpl<typeof ExchangeRateService> => ({
  setExchangeRate: setExchangeRate(ctx),
  listExchangeRates: listExchangeRates(ctx),
})
