/** A cell of a table; undefined is left empty. */
export type Cell = string | number | bigint | undefined

/** A table of a feed by RFC 4180; undefined when it has no rows. Line breaks are none of a feed's text. */
export function tableOf(columns: readonly string[], rows: readonly (readonly Cell[])[]): string | undefined {
  if (rows.length === 0) return undefined
  return [columns, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('')
}

function cellOf(cell: Cell): string {
  const text = String(cell ?? '').replaceAll(/[\r\n\t]+/g, ' ')
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
