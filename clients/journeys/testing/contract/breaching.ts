import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { fitting, fittingField, scalarOf } from './fitting.ts'
import { faultsOf, isRequired, type Rules, rulesOf } from './rules.ts'
import { suspects } from './scalars.ts'
import { type Tree, valueOf, withField } from './tree.ts'

/** A request that breaks one rule of one field; what else it says keeps the rules. */
export type Breach = { readonly path: string; readonly rule: string; readonly tree: Tree }

type Candidate = { readonly path: string; readonly value: unknown }

const SEED = 20_261_120

/** A request that keeps all rules and has every field set. */
export function exemplary(schema: DescMessage): Tree {
  return draw(fitting(schema, { full: true }))
}

function draw<T>(arbitrary: fc.Arbitrary<T>): T {
  return fc.sample(arbitrary, { numRuns: 1, seed: SEED })[0]!
}

/** For every rule of every field, at any depth, requests that break it: up to two for each. */
export function breachesOf(schema: DescMessage): Breach[] {
  const found = new Map<string, Breach[]>()
  for (const { path, value } of candidates(schema, exemplary(schema), '')) {
    const tree = value as Tree
    for (const { rule } of faultsOf(schema, tree).filter((fault) => fault.path === path)) {
      const known = found.get(`${path} ${rule}`) ?? []
      if (known.length < 2) found.set(`${path} ${rule}`, [...known, { path, rule, tree }])
    }
  }
  return [...found.values()].flat()
}

/** The rules of a request that no breach breaks: a rule that nothing can break is no rule, or this generator is poor. */
export function unbroken(schema: DescMessage, breaches: readonly Breach[]): string[] {
  const broken = (path: string, name: string) =>
    breaches.some((breach) => breach.path === path && breach.rule.includes(name))
  return rulesWithin(schema, '').flatMap(({ path, names }) =>
    names.filter((name) => !broken(path, name)).map((name) => `${schema.name}.${path}: ${name}`),
  )
}

/** Rules that say when others apply rather than what is right. */
const NO_DEMAND = new Set(['example'])

type FieldDemands = { readonly path: string; readonly names: readonly string[] }

function rulesWithin(schema: DescMessage, parent: string): FieldDemands[] {
  const oneofs = schema.oneofs.filter(isRequired).map(({ name }) => ({ path: join(parent, name), names: ['required'] }))
  return [...oneofs, ...schema.fields.flatMap((field) => demandsOf(field, join(parent, field.name)))]
}

function demandsOf(field: DescField, path: string): FieldDemands[] {
  const rules = rulesOf(field)
  const names = Object.keys(rules.set).filter((name) => !NO_DEMAND.has(name) && rules.set[name] !== false)
  const own = { path, names: [...names, ...(rules.required ? ['required'] : [])] }
  if (field.fieldKind === 'message') return [own, ...rulesWithin(field.message, path)]
  if (field.fieldKind !== 'list') return [own]
  // Items that are judged one by one break nothing.
  if (rules.items?.ignored) return [own]
  if (field.listKind === 'message') return [own, ...rulesWithin(field.message, `${path}[0]`)]
  return [own, { path: `${path}[0]`, names: Object.keys(rules.items?.set ?? {}) }]
}

/** Messages that differ from a good one in one place. */
function* candidates(schema: DescMessage, tree: Tree, parent: string): Generator<Candidate> {
  for (const oneof of schema.oneofs) {
    yield { path: join(parent, oneof.name), value: { ...tree, [oneof.localName]: { case: undefined } } }
  }
  for (const field of schema.fields) {
    const value = valueOf(tree, field) ?? draw(fittingField(field, { full: true }))
    for (const changed of fieldCandidates(field, value, join(parent, field.name))) {
      yield { path: changed.path, value: withField(tree, field, changed.value) }
    }
  }
}

function* fieldCandidates(field: DescField, value: unknown, path: string): Generator<Candidate> {
  const rules = rulesOf(field)
  switch (field.fieldKind) {
    case 'message':
      yield { path, value: undefined }
      yield* candidates(field.message, value as Tree, path)
      break
    case 'enum':
      for (const number of enumSuspects(rules)) yield { path, value: number }
      break
    case 'scalar':
      for (const suspect of suspects(field.scalar, rules, value)) yield { path, value: suspect }
      break
    case 'list':
      yield* listCandidates(field, rules, value as unknown[], path)
      break
    case 'map':
      yield* mapCandidates(field, rules, value as Tree, path)
  }
}

function enumSuspects({ set }: Rules): number[] {
  return [...(Array.isArray(set['not_in']) ? set['not_in'].map(Number) : []), 0, -1, 999]
}

type ListField = DescField & { fieldKind: 'list' }

function* listCandidates(field: ListField, rules: Rules, items: unknown[], path: string): Generator<Candidate> {
  const [first, ...rest] = items
  yield { path, value: [] }
  yield { path, value: [first, first, ...rest] }
  const max = rules.set['max_items']
  if (max !== undefined) yield { path, value: Array.from({ length: Number(max) + 1 }, () => first) }
  for (const changed of itemCandidates(field, rules.items, first, `${path}[0]`)) {
    yield { path: changed.path, value: [changed.value, ...rest] }
  }
}

function* itemCandidates(
  field: ListField,
  rules: Rules | undefined,
  item: unknown,
  path: string,
): Generator<Candidate> {
  if (field.listKind === 'message') yield* candidates(field.message, item as Tree, path)
  if (!rules || field.listKind === 'message') return
  const wrong = field.listKind === 'enum' ? enumSuspects(rules) : suspects(field.scalar, rules, item)
  for (const value of wrong) yield { path, value }
}

type MapField = DescField & { fieldKind: 'map' }

function* mapCandidates(field: MapField, rules: Rules, map: Tree, path: string): Generator<Candidate> {
  const [[key, value] = ['', undefined]] = Object.entries(map)
  const most = Number(rules.set['max_pairs'] ?? 0)
  yield { path, value: Object.fromEntries(Array.from({ length: most + 1 }, (_, i) => [`${key}${i}`, value])) }
  for (const suspect of suspects(scalarOf(field), rules.values ?? rules, value)) {
    yield { path: `${path}[${key}]`, value: { [key]: suspect } }
  }
  for (const suspect of suspects(ScalarType.STRING, rules.keys ?? rules, key)) {
    yield { path: `${path}[${String(suspect)}]`, value: { [String(suspect)]: value } }
  }
}

function join(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`
}
