import type { Handler } from '#kit'
import type { PaybillService } from '#gen/tms/payment/v1/paybill_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { paybillUrls, providerOf } from '../../providers/index.ts'

/** Tells M-Pesa the addresses of validation and confirmation. */
export const registerPaybill =
  (ctx: Ctx): Handler<typeof PaybillService.method.registerPaybill> =>
  async () => {
    const provider = providerOf(ctx, { provider: 'mpesa' })
    const submission = await provider.paybill?.register(paybillUrls(ctx, provider))
    if (submission?.outcome === 'SETTLED') return {}
    const metadata = { provider: provider.name }
    throw refuse('PROVIDER_UNAVAILABLE', 'M-Pesa has not taken the addresses', metadata, { retryAfterMs: 5000 })
  }
