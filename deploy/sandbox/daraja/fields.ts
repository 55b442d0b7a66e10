import { isPayer } from '../world/countries.ts'
import { invalid } from './errors.ts'

/** A request body: Daraja takes every scalar as a JSON string or as a number. */
export type Body = Readonly<Record<string, unknown>>

const MAX_AMOUNT = 250_000

/** A scalar as text, `''` when it is absent or no scalar. */
export function textOf(body: Body, field: string): string {
  const value = body[field]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** @throws {DarajaError} 400.002.02 with the field's name, here and below. */
export function matching(body: Body, field: string, pattern: RegExp): string {
  const value = textOf(body, field)
  if (!pattern.test(value)) throw invalid(field)
  return value
}

export const present = (body: Body, field: string) => matching(body, field, /\S/)

export const shortCodeIn = (body: Body, field: string) => matching(body, field, /^\d{5,9}$/)

/** Whole units from `min` to 250,000; `5.00` is refused like any other decimal. */
export function amountIn(body: Body, min = 1): number {
  const amount = Number(matching(body, 'Amount', /^\d{1,9}$/))
  if (amount < min || amount > MAX_AMOUNT) throw invalid('Amount')
  return amount
}

export function payerIn(body: Body, field: string, countries: readonly string[]): string {
  const msisdn = textOf(body, field)
  if (!isPayer(msisdn, countries)) throw invalid(field)
  return msisdn
}

/** An absolute http(s) address. Production insists on https; on loopback plain http is all there is. */
export function urlIn(body: Body, field: string): string {
  const url = textOf(body, field)
  if (!/^https?:\/\/[^\s/]+/.test(url) || !URL.canParse(url)) throw invalid(field)
  return url
}

export function oneOf<const T extends string>(body: Body, field: string, allowed: readonly T[]): T {
  const value = textOf(body, field)
  const found = allowed.find((option) => option === value)
  if (found === undefined) throw invalid(field)
  return found
}

/** 2 to 100 characters, as payouts and reversals want them. */
export const remarksIn = (body: Body) => matching(body, 'Remarks', /^.{2,100}$/s)
