import { integer, secret, text, url, type SettingsOf } from '#kit'

export const settings = {
  publicUrl: url('PUBLIC_URL', {
    default: 'http://127.0.0.1:8000',
    help: 'where passengers reach the suite; links begin with it',
  }),
  smsBaseUrl: url('AT_BASE_URL', {
    default: 'http://127.0.0.1:8090/africastalking',
    help: 'Africa’s Talking, or the sandbox',
  }),
  smsApiKey: secret('AT_API_KEY', { default: 'sandbox', help: 'key of the Africa’s Talking account' }),
  smsUsername: text('AT_USERNAME', { default: 'sandbox', help: 'name of the Africa’s Talking account' }),
  smsSender: text('AT_SENDER', { default: '', help: 'registered sender id or short code; empty for the shared one' }),
  reportToken: secret('AT_REPORT_TOKEN', {
    default: 'sandbox',
    help: 'secret part of the path that delivery reports come to',
  }),
  smtpUrl: url('SMTP_URL', {
    default: 'smtp://127.0.0.1:8025',
    help: 'mail server; smtps:// for TLS, user:password@ to sign in',
  }),
  mailFrom: text('MAIL_FROM', { default: 'TMS <tickets@tms.example>', help: 'sender of all mails' }),
  keepDays: integer('NOTIFICATION_KEEP_DAYS', {
    default: 90,
    min: 1,
    help: 'after how many days texts and recipients are forgotten',
  }),
}

export type Settings = SettingsOf<typeof settings>
