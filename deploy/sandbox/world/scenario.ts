import { collectionCodes, disbursementCodes, routerCodes } from '../airtel/codes.ts'
import { resultCodes } from '../daraja/result_codes.ts'
import { reasons as mtnReasons } from '../momo/reasons.ts'

type FieldText = { readonly group: string; readonly label: string }
type Choice<T extends string> = FieldText & { readonly kind: 'choice'; readonly options: readonly T[] }
type Amount = FieldText & { readonly kind: 'number'; readonly max: number; readonly unit: string }
type Flag = FieldText & { readonly kind: 'flag' }

/** One thing that can be made to happen: how it is checked by the API and drawn on the page. */
export type ScenarioField = Choice<string> | Amount | Flag

const choice = <const T extends string>(group: string, label: string, options: readonly T[]): Choice<T> => ({
  kind: 'choice',
  group,
  label,
  options,
})
const millis = (group: string, label: string): Amount => ({ kind: 'number', group, label, max: 3_600_000, unit: 'ms' })
const count = (group: string, label: string, max: number, unit: string): Amount => ({
  kind: 'number',
  group,
  label,
  max,
  unit,
})
const flag = (group: string, label: string): Flag => ({ kind: 'flag', group, label })

/** What somebody who is not the provider may post to a callback address; where a callback names no currency, none can be forged. */
export const forgeryKinds = ['amount', 'currency', 'checkout-id', 'success', 'path-token'] as const

const person = 'The person with the phone'
const callback = 'Callbacks and results'
const provider = 'The providers themselves'
const mtn = 'MTN MoMo'
const airtel = 'Airtel Money'
const messages = 'SMS and mail'
const statements = 'Settlement files'

/** Everything that can be arranged, for one phone or for all: README.md has the meaning of each in one line. */
export const scenarioFields = {
  answer: choice(person, 'When a prompt arrives', ['manual', 'approve', 'decline', 'ignore', 'wrong-pin', 'fail']),
  answerDelayMs: millis(person, 'Answers after'),
  resultCode: choice(person, '“fail” ends with (M-PESA)', resultCodes),
  promptTimeoutMs: millis(person, 'A prompt lives for'),
  timeoutCode: choice(person, 'An ignored prompt ends with', ['1037', '1019']),
  byLastDigits: flag(person, 'Outcomes by the last digits of a number'),
  checkLimits: flag(person, 'Check balance and daily limit'),
  repeatRule: flag(person, 'Same amount within 2 minutes ends with 17'),
  oneSession: flag(person, 'A second prompt at once ends with 1001'),
  callbackDelayMs: millis(callback, 'Callbacks are late by'),
  callbackLost: flag(callback, 'Callbacks are lost'),
  callbackCopies: count(callback, 'Callbacks are sent', 20, 'times'),
  callbackGapMs: millis(callback, 'Copies come apart by (0: at once)'),
  callbackOrder: choice(callback, 'Callbacks come', ['in-order', 'reversed', 'before-answer']),
  forge: choice(callback, 'Forged callback first', ['none', ...forgeryKinds, 'all']),
  operationCode: choice(callback, 'Payouts, reversals, queries end with (M-PESA)', resultCodes),
  c2bValidation: flag(callback, 'C2B payments are validated first'),
  queueTimeout: flag(callback, 'Payout and reversal results go to the timeout URL'),
  outage: choice(provider, 'Outage', ['none', '503', 'hang', 'reset', 'lost-answer', 'maintenance', 'busy', 'quota']),
  outageOf: choice(provider, 'Outage of', ['all', 'mpesa', 'mtn', 'airtel', 'paypal']),
  outagePercent: count(provider, 'Outage hits', 100, '% of requests'),
  tokenLifeMs: millis(provider, 'Access tokens live for'),
  tokenUses: count(provider, 'Access tokens serve (0: any)', 1_000_000, 'requests'),
  queryPendingPolls: count(provider, 'Status query stays pending for', 1000, 'polls'),
  queryPendingShape: choice(provider, 'Pending looks like', ['500', '4999']),
  queryContradicts: flag(provider, 'Status query calls paid ones failed'),
  walletActive: flag(provider, 'Wallets are active'),
  mtnReason: choice(mtn, '“fail” ends with', mtnReasons),
  mtnTransferReason: choice(mtn, 'Transfers and refunds fail with', ['none', ...mtnReasons]),
  mtnError: choice(mtn, 'Requests are refused with', [
    'none',
    'NOT_ALLOWED',
    'NOT_ALLOWED_TARGET_ENVIRONMENT',
    'INVALID_CALLBACK_URL_HOST',
    'INVALID_CURRENCY',
    'INTERNAL_PROCESSING_ERROR',
    'SERVICE_UNAVAILABLE',
  ]),
  mtnReasonShape: choice(mtn, 'Reasons are written as', ['string', 'object']),
  mtnCallbackMethod: choice(mtn, 'Callbacks come by', ['POST', 'PUT']),
  airtelCode: choice(airtel, '“fail” ends with', collectionCodes),
  airtelPayoutCode: choice(airtel, 'Disbursements end with', ['none', ...disbursementCodes]),
  airtelRefundCode: choice(airtel, 'Refunds are refused with', ['none', ...collectionCodes]),
  airtelError: choice(airtel, 'Collections are refused with', ['none', ...routerCodes]),
  airtelSigned: flag(airtel, 'Unsigned requests are refused'),
  paypalCapture: choice(provider, 'PayPal’s capture ends with', [
    'completed',
    'lost-answer',
    'PENDING',
    'DECLINED',
    'INSTRUMENT_DECLINED',
    'PAYER_ACTION_REQUIRED',
    'TRANSACTION_REFUSED',
    'COMPLIANCE_VIOLATION',
    'PAYER_ACCOUNT_RESTRICTED',
    'MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED',
  ]),
  paypalRefund: choice(provider, 'PayPal’s refund ends with', [
    'completed',
    'lost-answer',
    'PENDING',
    'REFUND_FAILED_INSUFFICIENT_FUNDS',
  ]),
  statementFault: choice(statements, 'Its lines are', [
    'none',
    'drop',
    'change',
    'currency',
    'failed',
    'double',
    'midnight',
    'stranger',
  ]),
  statementCharge: count(statements, 'The business is charged for each', 10_000, 'units'),
  smsOutage: choice(messages, 'SMS outage', ['none', '503', 'hang', 'reset', 'lost-answer']),
  smsStatus: choice(messages, 'SMS is', [
    'sent',
    'risk-hold',
    'invalid-number',
    'unsupported-number',
    'no-credit',
    'blacklisted',
    'no-route',
    'do-not-disturb',
    'internal-error',
    'gateway-error',
    'rejected',
  ]),
  smsReport: choice(messages, 'SMS report', ['delivered', 'failed', 'rejected', 'absent', 'expired', 'none']),
  smsReportDelayMs: millis(messages, 'SMS report after'),
  mailOutage: choice(messages, 'Mail', ['none', 'busy', 'refused']),
} satisfies Record<string, ScenarioField>

type Fields = typeof scenarioFields
type ValueOf<F> = F extends Choice<infer T> ? T : F extends Flag ? boolean : number

/** What a phone, or every phone, is to live through. */
export type Scenario = { readonly [K in keyof Fields]?: ValueOf<Fields[K]> }

/** A scenario with every gap filled; only the delay of an automatic answer stays open, for it is drawn each time. */
export type FullScenario = Required<Omit<Scenario, 'answerDelayMs'>> & Pick<Scenario, 'answerDelayMs'>

/**
 * Reads a scenario from outside. A field that is `null` or an empty text is left out.
 *
 * @throws {RangeError} naming the field that is unknown or out of range.
 */
export function readScenario(input: Readonly<Record<string, unknown>>): Scenario {
  const read = Object.entries(input)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => [name, readField(name, value)])
  return Object.fromEntries(read) as Scenario
}

function readField(name: string, value: unknown): string | number | boolean {
  if (!Object.hasOwn(scenarioFields, name)) throw new RangeError(`there is no scenario field "${name}"`)
  const field: ScenarioField = scenarioFields[name as keyof Fields]
  switch (field.kind) {
    case 'choice':
      if (field.options.includes(String(value))) return String(value)
      throw new RangeError(`${name} is one of ${field.options.join(', ')}`)
    case 'flag':
      if (typeof value === 'boolean') return value
      if (value === 'true' || value === 'false') return value === 'true'
      throw new RangeError(`${name} is true or false`)
    case 'number':
      if (Number.isInteger(Number(value)) && Number(value) >= 0 && Number(value) <= field.max) return Number(value)
      throw new RangeError(`${name} is a whole number from 0 to ${field.max}`)
  }
}
