import type { ServiceImpl } from '@connectrpc/connect'
import type { PaybillService } from '#gen/tms/payment/v1/paybill_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { listSuspensePayments } from './list_suspense_payments.ts'
import { refundSuspensePayment } from './refund_suspense_payment.ts'
import { registerPaybill } from './register_paybill.ts'

/** Every RPC about the paybill, complete by its type. */
export const paybillRpcs = (ctx: Ctx): ServiceImpl<typeof PaybillService> => ({
  registerPaybill: registerPaybill(ctx),
  listSuspensePayments: listSuspensePayments(ctx),
  refundSuspensePayment: refundSuspensePayment(ctx),
})
