import { createReadStream, existsSync } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'

/** Where the real sales lie, when this checkout has them beside it. */
const FILE = '../shared/data/bus-tickets-kenya-2017/tickets_2017-10_to_2018-02.csv.gz'

/** Whether the file is here; it is not ours to ship. */
export const hasKenya2017 = existsSync(FILE)

/** One seat sold by Mobiticket. */
export type RealSale = {
  readonly rideId: string
  readonly seatLabel: string
  readonly receipt: string
  /** `2017-10-17`. */
  readonly serviceDate: string
  /** `7:15`. */
  readonly time: string
  readonly from: string
  readonly to: string
}

/** Every sale in the order of the file. */
export async function realSales(): Promise<RealSale[]> {
  const rows = createReadStream(FILE)
    .pipe(createGunzip())
    .pipe(parse({ columns: true }))
  const sales: RealSale[] = []
  for await (const row of rows as AsyncIterable<Record<string, string>>) sales.push(saleOf(row))
  return sales
}

function saleOf(row: Record<string, string>): RealSale {
  const [day, month, year] = (row['travel_date'] ?? '').split('-')
  return {
    rideId: row['ride_id'] ?? '',
    seatLabel: row['seat_number'] ?? '',
    receipt: row['payment_receipt'] ?? '',
    serviceDate: `20${year}-${month}-${day}`,
    time: row['travel_time'] ?? '',
    from: row['travel_from'] ?? '',
    to: row['travel_to'] ?? '',
  }
}
