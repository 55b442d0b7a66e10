import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import ts from 'typescript'

/** A TypeScript file of the project, with what the rules ask about it. */
export type Source = {
  /** From the project's root, with slashes. */
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
  /** Expressions that use something by name, e.g. a call of `tx.select`, and types named `any`. */
  readonly uses: readonly Use[]
}

/** A static or dynamic import, or a re-export. */
export type Import = {
  readonly specifier: string
  /** The path from the project's root when the import names a file of the project, otherwise the specifier. */
  readonly target: string
  readonly line: number
}

/** A use of something by name. */
export type Use = {
  readonly kind: 'call' | 'new' | 'tag' | 'read' | 'type'
  readonly text: string
  readonly line: number
}

const ALIASES: readonly (readonly [prefix: string, target: string])[] = [
  ['#kit/testing', 'services/kit/testing/index.ts'],
  ['#kit', 'services/kit/index.ts'],
  ['#gen/', 'gen/'],
]

/** Reads a file of the project. */
export function readSource(path: string): Source {
  return parseSource(path, readFileSync(path, 'utf8'))
}

/** As {@link readSource}, of a text at hand. */
export function parseSource(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false)
  const imports: Import[] = []
  const uses: Use[] = []
  const lineOf = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
  const visit = (node: ts.Node): void => {
    const specifier = importedBy(node)
    if (specifier !== undefined) imports.push({ specifier, target: targetOf(path, specifier), line: lineOf(node) })
    const use = usedBy(node, file)
    if (use) uses.push({ ...use, line: lineOf(node) })
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { path, text, imports, uses }
}

function importedBy(node: ts.Node): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
    return ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : undefined
  }
  const dynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
  const argument = dynamic ? node.arguments[0] : undefined
  return argument && ts.isStringLiteral(argument) ? argument.text : undefined
}

function targetOf(path: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier)
  const alias = ALIASES.find(
    ([prefix]) => specifier === prefix || (prefix.endsWith('/') && specifier.startsWith(prefix)),
  )
  return alias ? `${alias[1]}${specifier.slice(alias[0].length)}` : specifier
}

function usedBy(node: ts.Node, file: ts.SourceFile): Omit<Use, 'line'> | undefined {
  const name = (of: ts.Node): string => of.getText(file).replaceAll(/\s+/g, '')
  if (node.kind === ts.SyntaxKind.AnyKeyword) return { kind: 'type', text: 'any' }
  if (ts.isCallExpression(node)) return { kind: 'call', text: name(node.expression) }
  if (ts.isTaggedTemplateExpression(node)) return { kind: 'tag', text: name(node.tag) }
  if (ts.isPropertyAccessExpression(node)) return { kind: 'read', text: name(node) }
  if (ts.isNewExpression(node)) {
    return { kind: 'new', text: `${name(node.expression)}(${node.arguments?.length ? '…' : ''})` }
  }
  return undefined
}
