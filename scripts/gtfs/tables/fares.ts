import { exponentOf, isCurrency } from '#kit'
import type { FareRule, FeedFare } from '../feed.ts'
import { RowFault, type Row } from '../row.ts'
import { type Source, readTable } from '../rows.ts'

/** Reads the fares of version 1: fare_attributes.txt and fare_rules.txt. */
export async function readFares(source: Source, routes: ReadonlyMap<string, unknown>) {
  const fares = new Map<string, FeedFare>()
  const attributes = await readTable(source, 'fare_attributes.txt', ['fare_id', 'price', 'currency_type'], (row) => {
    const fareId = row.required('fare_id')
    if (fares.has(fareId)) throw new RowFault(`fare_id ${fareId} is there twice`)
    const currency = row.required('currency_type')
    fares.set(fareId, { line: row.line, fareId, currency, priceMinor: priceOf(row, currency) })
  })
  const fareRules: FareRule[] = []
  const rules = await readTable(source, 'fare_rules.txt', ['fare_id'], (row) => {
    const [fareId, routeId] = [row.required('fare_id'), row.text('route_id')]
    if (!fares.has(fareId)) throw new RowFault(`fare_id ${fareId} is not in fare_attributes.txt`)
    if (routeId !== '' && !routes.has(routeId)) throw new RowFault(`route_id ${routeId} is not in routes.txt`)
    if (row.text('contains_id') !== '') return row.refused('fares that depend on the zones passed through')
    const [originId, destinationId] = [row.text('origin_id'), row.text('destination_id')]
    fareRules.push({ line: row.line, fareId, routeId, originId, destinationId })
  })
  return { fares, fareRules, attributes, rules }
}

/** A decimal price in the smallest unit; finer than the currency has is refused, never rounded. */
function priceOf(row: Row, currency: string): bigint {
  if (!isCurrency(currency)) throw new RowFault(`currency_type "${currency}" is not known`)
  const text = row.required('price')
  const match = /^(\d{1,12})(?:\.(\d*))?$/.exec(text)
  if (!match) throw new RowFault(`price "${text}" is not an amount`)
  const [, whole = '', decimals = ''] = match
  const exponent = exponentOf(currency)
  if (/[1-9]/.test(decimals.slice(exponent))) throw new RowFault(`price ${text} is finer than ${currency} allows`)
  return BigInt(whole + decimals.slice(0, exponent).padEnd(exponent, '0'))
}
