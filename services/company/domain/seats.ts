/** What a seat is sold as; the names of the contract's enum. */
export type SeatClassName = 'STANDARD' | 'VIP'

/** A seat and its place; rows from the front, columns from the left window, both 0-based. */
export type Seat = {
  readonly label: string
  readonly seatClass: SeatClassName
  readonly deck: number
  readonly row: number
  readonly column: number
}

/** The label of the first seat that shares its label or its place with one before it; undefined when all differ. */
export function duplicateSeat(seats: readonly Seat[]): string | undefined {
  const seen = new Set<string>()
  for (const { label, deck, row, column } of seats) {
    const marks = [label, `${deck}/${row}/${column}`]
    if (marks.some((mark) => seen.has(mark))) return label
    for (const mark of marks) seen.add(mark)
  }
  return undefined
}

/** The classes that a layout has seats of, each once. */
export function classesOf(seats: readonly Pick<Seat, 'seatClass'>[]): SeatClassName[] {
  return [...new Set(seats.map(({ seatClass }) => seatClass))].sort()
}
