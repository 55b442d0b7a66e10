import { boolean, integer, jsonb, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '#kit'
import type { Channel } from '../templates/say.ts'
import type { QrPicture } from '../templates/template.ts'

/** How far a message has come; `Delivery.State` explains each. */
export type DeliveryState = 'QUEUED' | 'SENDING' | 'SENT' | 'DELIVERED' | 'FAILED' | 'UNKNOWN'

export const delivery = pgTable('delivery', {
  deliveryId: uuid('delivery_id').primaryKey(),
  tenantId: uuid('tenant_id'),
  eventId: uuid('event_id').notNull(),
  template: text('template').notNull(),
  channel: text('channel').$type<Channel>().notNull(),
  recipient: text('recipient'),
  maskedRecipient: text('masked_recipient').notNull(),
  language: text('language').notNull(),
  reference: text('reference').notNull(),
  state: text('state').$type<DeliveryState>().notNull(),
  priority: smallint('priority').notNull(),
  subject: text('subject').notNull(),
  body: text('body'),
  redactedBody: text('redacted_body'),
  html: text('html'),
  pictures: jsonb('pictures').$type<readonly QrPicture[]>(),
  attemptCount: integer('attempt_count').notNull().default(0),
  nextAttemptTime: instant('next_attempt_time'),
  claimTime: instant('claim_time'),
  expireTime: instant('expire_time').notNull(),
  repeatAfterSeconds: integer('repeat_after_seconds'),
  isRepeat: boolean('is_repeat').notNull().default(false),
  providerMessageId: text('provider_message_id'),
  failureReason: text('failure_reason').notNull().default(''),
  createTime: instant('create_time').notNull(),
  sendTime: instant('send_time'),
  deliverTime: instant('deliver_time'),
  resendOfDeliveryId: uuid('resend_of_delivery_id'),
})

export const earlyReport = pgTable('early_report', {
  providerMessageId: text('provider_message_id').primaryKey(),
  recipient: text('recipient').notNull(),
  isDelivered: boolean('is_delivered').notNull(),
  reason: text('reason').notNull(),
  receiveTime: instant('receive_time').notNull(),
})

export type DeliveryRow = typeof delivery.$inferSelect
export type NewDelivery = typeof delivery.$inferInsert
export type EarlyReportRow = typeof earlyReport.$inferSelect
