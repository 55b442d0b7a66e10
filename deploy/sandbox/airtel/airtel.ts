import type { IncomingHttpHeaders } from 'node:http'
import { objectOf } from '../net/answers.ts'
import type { Incoming } from '../net/router.ts'
import type { Deliveries } from '../world/deliveries.ts'
import type { Payment } from '../world/payments.ts'
import type { World } from '../world/world.ts'
import { AirtelError } from './envelope.ts'
import type { Keys } from './keys.ts'
import type { Tokens } from './tokens.ts'

/** How a transaction stands: in progress, ambiguous, successful, failed, expired, refunded. */
export type Status = 'TIP' | 'TA' | 'TS' | 'TF' | 'TE' | 'TR'

/** A collection or a disbursement under the merchant's id. */
export type Transaction = {
  readonly id: string
  readonly payment: Payment
  status: Status
  code: string
  airtelMoneyId?: string
  /** It has ended, and Airtel is not sure of it yet. */
  ambiguous: boolean
  polls: number
}

/** What Airtel's products share. Transactions are found by `collection ID` and `disbursement ID`. */
export type Airtel = {
  readonly world: World
  readonly tokens: Tokens
  readonly keys: Keys
  readonly deliveries: Deliveries
  readonly transactions: Map<string, Transaction>
}

/** The countries in which Airtel has wallets here: dialling code, currency, blocks of its numbers. */
const countries: Readonly<Record<string, { code: string; currency: string; block: RegExp }>> = {
  RW: { code: '250', currency: 'RWF', block: /^7[23]/ },
  // Numbers move between operators: any may be Airtel's.
  KE: { code: '254', currency: 'KES', block: /^[17]/ },
}

export type Market = { readonly dialling: string; readonly currency: string; readonly block: RegExp }

/** The market that a request names. @throws {AirtelError} when country and currency are not right */
export function marketIn(headers: IncomingHttpHeaders): Market {
  const found = countries[String(headers['x-country'] ?? '')]
  if (!found) throw new AirtelError(400, 'ROUTER006')
  const currency = headers['x-currency']
  if (currency === undefined) throw new AirtelError(400, 'ROUTER119')
  if (currency !== found.currency) throw new AirtelError(400, 'ROUTER112')
  return { dialling: found.code, currency: found.currency, block: found.block }
}

export type Body = Readonly<Record<string, unknown>>

/** The body of a request. @throws {AirtelError} when it is no JSON object */
export function bodyOf({ body }: Incoming): Body {
  try {
    return objectOf(body)
  } catch {
    throw new AirtelError(400, 'ROUTER003')
  }
}

/** An object within a body; empty when there is none. */
export function within(body: Body, field: string): Body {
  const value = body[field]
  return typeof value === 'object' && value !== null ? (value as Body) : {}
}

/** A text. @throws {AirtelError} when it is missing */
export function textIn(body: Body, field: string): string {
  const value = body[field]
  if (typeof value !== 'string' || value.trim() === '') throw new AirtelError(400, 'ROUTER003')
  return value
}

/** A national number as an MSISDN. @throws {AirtelError} when it has a country code, a leading zero or no wallet */
export function msisdnIn(body: Body, market: Market): string {
  const number = textIn(body, 'msisdn')
  if (!/^[1-9]\d{8}$/.test(number)) throw new AirtelError(400, 'ESB000033')
  if (!market.block.test(number)) throw new AirtelError(400, 'ESB000036')
  return market.dialling + number
}

/** An amount: a number, whole and positive. @throws {AirtelError} */
export function amountIn(body: Body): number {
  const { amount } = body
  if (typeof amount !== 'number' || !Number.isInteger(amount) || amount < 1) throw new AirtelError(400, 'ESB000008')
  return amount
}

/** The merchant's id: letters and digits. @throws {AirtelError} */
export function idIn(body: Body): string {
  const id = textIn(body, 'id')
  if (!/^[A-Za-z0-9]{1,40}$/.test(id)) throw new AirtelError(400, 'ESB000008')
  return id
}

/** Under which name the business's money is kept. */
export const accountOf = (currency: string) => `Airtel ${currency}`

/** How a transaction of each product begins: what it is before anything is known of it. */
const beginnings = {
  collection: { kind: 'collection', prefix: '', status: 'TIP', code: 'DP00800001006' },
  disbursement: { kind: 'transfer', prefix: 'disbursement ', status: 'TF', code: 'DP00900001005' },
} as const

/** Writes a transaction down under the merchant's id. */
export function newTransaction(
  { world, transactions }: Airtel,
  product: keyof typeof beginnings,
  wanted: Pick<Payment, 'id' | 'msisdn' | 'amount' | 'currency' | 'reference'>,
): Transaction {
  const { kind, prefix, status, code } = beginnings[product]
  const payment: Payment = {
    ...wanted,
    id: prefix + wanted.id,
    wallet: 'Airtel Money',
    kind,
    shortCode: accountOf(wanted.currency),
    business: 'TMS Coach Tickets',
    description: '',
    createTime: world.clock.now(),
    deliveries: [],
  }
  const transaction: Transaction = { id: wanted.id, payment, status, code, ambiguous: false, polls: 0 }
  transactions.set(`${product} ${wanted.id}`, transaction)
  return transaction
}

/** `MP261120.1030.L06941`: kind, day, time, and what no transaction has yet. */
export function newMoneyId(world: World, kind: 'MP' | 'CI' | 'disburs-'): string {
  const stamp = world.clock.now().toISOString().replaceAll(/\D/g, '')
  for (;;) {
    const id = `${kind}${stamp.slice(2, 8)}.${stamp.slice(8, 12)}.L${world.random.text('0123456789', 7)}`
    if (!world.payments.findByReceipt(id)) return id
  }
}
