/**
 * Lines of CSV by RFC 4180, in UTF-8.
 *
 * A text that a spreadsheet would take for a formula begins with an apostrophe: names are written by strangers.
 */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) && !/^\+[\d•]+$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
