import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RouteName } from '../app/routes.ts'
import type { Language } from '../i18n/languages.ts'

/** What a document asks for before its scripts do. */
export type Assets = {
  readonly script: string
  readonly styles: readonly string[]
  /** Modules that the script will ask for. */
  readonly preloads: readonly string[]
}

type Chunk = { readonly file: string; readonly css?: readonly string[]; readonly imports?: readonly string[] }
type Manifest = Readonly<Record<string, Chunk>>

const ENTRY = 'src/client.tsx'

/** The source of each page, as the manifest of the build names it. */
const SOURCES: Readonly<Record<RouteName, string>> = {
  home: 'src/pages/home.tsx',
  line: 'src/pages/line.tsx',
  station: 'src/pages/lines.tsx',
  company: 'src/pages/lines.tsx',
  search: 'src/pages/search.tsx',
  trip: 'src/pages/trip.tsx',
  checkout: 'src/pages/checkout.tsx',
  pay: 'src/pages/pay.tsx',
  returned: 'src/pages/returned.tsx',
  ticket: 'src/pages/ticket.tsx',
  live: 'src/pages/live.tsx',
  change: 'src/pages/change.tsx',
  changeTo: 'src/pages/change_to.tsx',
  choose: 'src/pages/choose.tsx',
  tickets: 'src/pages/tickets.tsx',
  sent: 'src/pages/tickets.tsx',
  account: 'src/pages/account.tsx',
  missing: 'src/pages/missing.tsx',
}

let manifest: Manifest | undefined

/** The files of a page in a language. The build for browsers lies beside that for the server. */
export function assetsOf(name: RouteName, language: Language): Assets {
  manifest ??= JSON.parse(readFileSync(join(import.meta.dirname, '../client/.vite/manifest.json'), 'utf8')) as Manifest
  const entry = manifest[ENTRY]
  if (!entry) throw new Error(`the build has no ${ENTRY}`)
  const roots = [ENTRY, SOURCES[name], `src/i18n/${language}.json`]
  const chunks = closure(manifest, roots)
  const files = new Set(chunks.map(({ file }) => file))
  files.delete(entry.file)
  return {
    script: `/${entry.file}`,
    styles: [...new Set(chunks.flatMap(({ css = [] }) => css))].map((file) => `/${file}`),
    preloads: [...files].map((file) => `/${file}`),
  }
}

/** Chunks, and all that they import. */
function closure(from: Manifest, roots: readonly string[]): Chunk[] {
  const seen = new Set<string>()
  const visit = (name: string): void => {
    const chunk = from[name]
    if (!chunk || seen.has(name)) return
    seen.add(name)
    for (const imported of chunk.imports ?? []) visit(imported)
  }
  for (const root of roots) visit(root)
  return [...seen].flatMap((name) => from[name] ?? [])
}
