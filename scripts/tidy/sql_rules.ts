import { serviceOf, type TextFile } from './project.ts'

/** Files of SQL that belong to no service: nobody may keep a script over several schemas. */
export function homelessSqlFaults(files: readonly TextFile[]): string[] {
  const homes = /^services\/[^/]+\/(?:.+\/)?migrations\/\d{3}_[a-z0-9_]+\.sql$|^services\/kit\//
  return files
    .filter(({ path }) => !homes.test(path))
    .map(({ path }) => `${path}:1 is no numbered migration (001_name.sql) in services/<service>/migrations`)
}

/** Names of another service's schema in a statement. */
export function foreignSchemaFaults(files: readonly TextFile[], services: readonly string[]): string[] {
  return files.flatMap(({ path, text }) => {
    const others = services.filter((service) => service !== serviceOf(path))
    if (others.length === 0) return []
    const foreign = new RegExp(`(?:from|join|into|update|references|table|on)\\s+"?(${others.join('|')})"?\\.`, 'gi')
    const code = withoutComments(text)
    return [...code.matchAll(foreign)].map(
      (match) => `${path}:${lineAt(code, match.index)} names the schema of ${match[1]}: copy its events instead`,
    )
  })
}

/** Statements that code of the release before cannot live with, in a migration that does not say so. */
export function breakingFaults(files: readonly TextFile[]): string[] {
  const breaking =
    /\bdrop\s+(?:table|column|schema|type)\b|\brename\s+(?:to|column)\b|\balter\s+column\s+\w+\s+(?:set\s+data\s+)?type\b/gi
  return files
    .filter(({ text }) => !/^--! breaking\b/m.test(text))
    .flatMap(({ path, text }) => {
      const code = withoutComments(text)
      return [...code.matchAll(breaking)].map(
        (match) => `${path}:${lineAt(code, match.index)} "${match[0]}" breaks older code: add, or say \`--! breaking\``,
      )
    })
}

/** Tables that name a tenant and neither protect its rows nor say, by `-- unprotected: why`, that they need not. */
export function unprotectedFaults(files: readonly TextFile[]): string[] {
  return [...Map.groupBy(files, ({ path }) => serviceOf(path)).values()].flatMap((migrations) => {
    const protection = migrations.map(({ text }) => withoutComments(text)).join('\n')
    return migrations.flatMap(({ path, text }) =>
      openTables(text)
        .filter(({ table }) => !protection.includes(`kit_protect('${table}'`))
        .map(
          ({ table, line }) =>
            `${path}:${line} ${table} has a tenant_id: kit_protect it, or say \`-- unprotected: why\``,
        ),
    )
  })
}

function openTables(text: string): { readonly table: string; readonly line: number }[] {
  const creation = /^\s*create\s+table\s+(?:if\s+not\s+exists\s+)?(\w+)\s*\(([\s\S]*?)\n\)/gim
  return [...text.matchAll(creation)]
    .filter(([, , columns = '']) => /^\s*tenant_id\b/m.test(columns) && !/--\s*unprotected:\s*\S/.test(columns))
    .map((match) => ({ table: match[1] ?? '', line: lineAt(text, match.index + match[0].search(/\S/)) }))
}

/** Blanks out comments, so that positions stay. */
function withoutComments(text: string): string {
  return text.replaceAll(/--.*$/gm, (comment) => ' '.repeat(comment.length))
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
