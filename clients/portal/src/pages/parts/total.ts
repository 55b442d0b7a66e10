import type { GetSeatMapResponse, Money } from '@tms/sdk/passenger'

/** What seats cost together; undefined when one of them has no price. */
export function totalOf(map: GetSeatMapResponse, labels: readonly string[]): Money | undefined {
  const prices = labels.map((label) => {
    const seat = map.seats.find((one) => one.label === label)
    return map.classes.find(({ seatClass }) => seatClass === seat?.seatClass)?.price
  })
  return prices.reduce((sum, price) => (sum && price ? added(sum, price) : undefined))
}

const BILLION = 1_000_000_000

function added(a: Money, b: Money): Money {
  const nanos = a.nanos + b.nanos
  return { ...a, units: a.units + b.units + BigInt(Math.floor(nanos / BILLION)), nanos: nanos % BILLION }
}
