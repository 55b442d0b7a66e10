/** Text without case and accents, spaces made single: `  Gisényi ` is `gisenyi`. What is searched in and for. */
export function folded(...texts: readonly string[]): string {
  return texts.join(' ').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** A `like` pattern that finds a text anywhere; its own wildcards mean themselves. */
export function containing(text: string): string {
  return `%${folded(text).replace(/[\\%_]/g, '\\$&')}%`
}
