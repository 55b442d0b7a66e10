import { objectOf } from '../net/answers.ts'
import type { Incoming } from '../net/router.ts'
import type { Payment } from '../world/payments.ts'
import { type Product, referenceIn } from './access.ts'
import { duplicate, faults, malformed } from './faults.ts'
import type { Momo, MomoRequest, Party, RequestKind } from './requests.ts'

/** The currency of each environment: one wallet platform for each country. Those with no decimals come first. */
const currencies: Readonly<Record<string, string>> = {
  mtnrwanda: 'RWF',
  mtnuganda: 'UGX',
  mtncameroon: 'XAF',
  mtnivorycoast: 'XOF',
  mtnbenin: 'XOF',
  mtnghana: 'GHS',
  mtnzambia: 'ZMW',
  sandbox: 'EUR',
}
const WITHOUT_DECIMALS = new Set(['RWF', 'UGX', 'XAF', 'XOF'])

/** Longest message to the payer. */
const MESSAGE_LENGTH = 160

/**
 * What a create call asks for, once everything about it is right.
 *
 * @throws {MomoError} as MTN would refuse it
 */
export function orderIn(momo: Momo, request: Incoming, kind: RequestKind, product: Product): MomoRequest {
  const { world } = momo
  const user = momo.access.check(product, request.headers)
  const reference = referenceIn(request.headers)
  const currency = currencyFor(request)
  const callbackUrl = callbackIn(request, user.callbackHost)
  const body = bodyOf(request)
  const party = kind === 'refund' ? refundParty(momo, body) : partyIn(body[kind === 'transfer' ? 'payee' : 'payer'])
  const amount = amountIn(body, currency)
  const { mtnError } = world.scenarios.of(party.partyId)
  if (mtnError !== 'none') throw faults[mtnError]()
  if (textOf(body, 'currency') !== currency) throw faults.INVALID_CURRENCY()
  if (momo.requests.has(reference)) throw duplicate()
  const texts = { payerMessage: messageIn(body, 'payerMessage'), payeeNote: messageIn(body, 'payeeNote') }
  const externalId = presentIn(body, 'externalId')
  const paymentKind = ({ requesttopay: 'collection', transfer: 'transfer', refund: 'refund' } as const)[kind]
  const payment: Payment = {
    id: reference,
    wallet: 'MTN MoMo',
    kind: paymentKind,
    msisdn: party.partyId,
    amount: Number(amount),
    currency,
    shortCode: accountOf(currency),
    business: 'TMS Coach Tickets',
    reference: texts.payeeNote,
    description: texts.payerMessage,
    createTime: world.clock.now(),
    deliveries: [],
  }
  const order = { reference, kind, amount, currency, externalId, party, ...texts, payment, polls: 0 }
  return { ...order, status: 'PENDING', ...(callbackUrl !== undefined && { callbackUrl }) }
}

/** Under which name the business's money is kept. */
export const accountOf = (currency: string) => `MTN ${currency}`

/** The currency of the environment that a request names. @throws {MomoError} when there is no such environment */
export function currencyFor({ headers }: Incoming): string {
  const currency = currencies[String(headers['x-target-environment'] ?? '')]
  if (currency === undefined) throw faults.NOT_ALLOWED_TARGET_ENVIRONMENT()
  return currency
}

function callbackIn({ headers }: Incoming, allowedHost: string): string | undefined {
  const url = headers['x-callback-url']
  if (url === undefined) return undefined
  const parsed = URL.canParse(String(url)) ? new URL(String(url)) : undefined
  if (parsed?.hostname !== allowedHost || parsed.search !== '') throw faults.INVALID_CALLBACK_URL_HOST()
  return parsed.href
}

type Body = Readonly<Record<string, unknown>>

export function bodyOf({ body }: Incoming): Body {
  try {
    return objectOf(body)
  } catch {
    throw malformed()
  }
}

/** Texts only: MTN takes no number where it documents a text. */
function textOf(body: Body, field: string): string {
  const value = body[field]
  return typeof value === 'string' ? value : ''
}

export function presentIn(body: Body, field: string): string {
  const value = textOf(body, field)
  if (value.trim() === '') throw malformed()
  return value
}

function messageIn(body: Body, field: string): string {
  const message = presentIn(body, field)
  if (message.length > MESSAGE_LENGTH || /['"<>&]/.test(message)) throw malformed()
  return message
}

function amountIn(body: Body, currency: string): string {
  const amount = textOf(body, 'amount')
  const form = WITHOUT_DECIMALS.has(currency) ? /^[1-9]\d{0,11}$/ : /^(?!0+(\.0+)?$)\d{1,12}(\.\d{1,2})?$/
  if (!form.test(amount)) throw malformed()
  return amount
}

function partyIn(value: unknown): Party {
  const party = typeof value === 'object' && value !== null ? (value as Body) : {}
  const [partyIdType, partyId] = [textOf(party, 'partyIdType'), textOf(party, 'partyId')]
  if (partyIdType !== 'MSISDN' || !/^\d{8,15}$/.test(partyId)) throw malformed()
  return { partyIdType, partyId }
}

/** A refund goes back to whom the request to pay was for. */
function refundParty(momo: Momo, body: Body): Party {
  const original = momo.requests.get(presentIn(body, 'referenceIdToRefund'))
  return original?.party ?? { partyIdType: 'MSISDN', partyId: '' }
}
