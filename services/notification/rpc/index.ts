import type { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import type { ServiceImpl } from '@connectrpc/connect'
import type { Ctx } from '../context.ts'
import { getDelivery } from './get_delivery.ts'
import { listDeliveries } from './list_deliveries.ts'
import { listTemplates } from './list_templates.ts'
import { previewTemplate } from './preview_template.ts'
import { receiveDeliveryReport } from './receive_delivery_report.ts'
import { resendDelivery } from './resend_delivery.ts'

export const rpcs = (ctx: Ctx): ServiceImpl<typeof NotificationService> => ({
  listDeliveries: listDeliveries(ctx),
  getDelivery: getDelivery(ctx),
  resendDelivery: resendDelivery(ctx),
  listTemplates: listTemplates(ctx),
  previewTemplate: previewTemplate(ctx),
  receiveDeliveryReport: receiveDeliveryReport(ctx),
})
