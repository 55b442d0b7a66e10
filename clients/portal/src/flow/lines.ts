/** Two towns that buses join, as public pages show them: plain JSON, in words and numbers that are ready to be read. */
export type Line = {
  readonly from: string
  readonly to: string
  readonly tripCount: number
  readonly shortestSeconds: number
  /** As it is read, e.g. `RWF 3,742`; empty when no fare is set. */
  readonly fare: string
  readonly sellers: readonly { readonly name: string; readonly tripCount: number; readonly fare: string }[]
}

/** What the home page is told. */
export type HomeData = { readonly lines: readonly Line[] }

/** What the page of a line is told. */
export type LineData = { readonly line: Line; readonly back: boolean; readonly more: readonly Line[] }

/** What the page of a town or a company is told. */
export type LinesData = { readonly name: string; readonly lines: readonly Line[] }

/** A name as it stands in an address: `Nyanza Ng'ombe` is `nyanza-ng-ombe`. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return plain.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '')
}

/** The lines with the most trips, each pair of towns once. */
export function mostDriven(lines: readonly Line[], count: number): Line[] {
  const seen = new Set<string>()
  return lines
    .toSorted((a, b) => b.tripCount - a.tripCount)
    .filter(({ from, to }) => {
      const pair = [from, to].sort().join('|')
      if (seen.has(pair)) return false
      seen.add(pair)
      return true
    })
    .slice(0, count)
}
