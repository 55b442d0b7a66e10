import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'

/** A kind of bus: two seats, aisle, two seats; a bench of five at the back. */
type Kind = { readonly name: string; readonly rows: number; readonly vipRows: number }

/** The two kinds of the demo. */
export const kinds = {
  coach: { name: 'Coach 49', rows: 11, vipRows: 2 },
  coaster: { name: 'Coaster 29', rows: 6, vipRows: 1 },
} satisfies Record<string, Kind>

const ROW_COLUMNS = [0, 1, 3, 4]
const BENCH_COLUMNS = [0, 1, 2, 3, 4]
const LETTERS = 'ABCDE'

/** Seats of a kind, labelled from the front: `1A`, `1B`, `1C`, `1D`, `2A` … */
export function seatsOf({ rows, vipRows }: Kind) {
  const columnsOf = (row: number) => (row === rows ? BENCH_COLUMNS : ROW_COLUMNS)
  return Array.from({ length: rows + 1 }, (_, row) =>
    columnsOf(row).map((column, index) => ({
      label: `${row + 1}${LETTERS[index] ?? ''}`,
      seatClass: row < vipRows ? SeatClass.VIP : SeatClass.STANDARD,
      deck: 0,
      row,
      column,
    })),
  ).flat()
}
