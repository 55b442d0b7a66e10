import { existsSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { resolve } from 'node:path'
import type { DescMessage } from '@bufbuild/protobuf'
import type { Service } from '../../services/kit/service.ts'
import { methodsOf, packageOf, placeOf, placeOfMessage, type Contract } from './contracts.ts'
import { isTest, serviceOf } from './project.ts'
import type { Source } from './source.ts'

/** A service's declaration, with the name of its folder. */
export type Declared = { readonly folder: string; readonly service: Service }

/** Loads the declarations of services. Run in the project's root. */
export function readDeclarations(folders: readonly string[]): Promise<Declared[]> {
  return Promise.all(
    folders.map(async (folder) => {
      const url = pathToFileURL(resolve('services', folder, 'service.ts')).href
      const { default: service } = (await import(url)) as { readonly default: Service }
      return { folder, service }
    }),
  )
}

/** Methods that no file of the service's rpc/ implements. */
export function handlerFaults(contracts: readonly Contract[], sources: readonly Source[]): string[] {
  return ofWritten(contracts, sources, ({ path }) => /^services\/[^/]+\/rpc\//.test(path) && !isTest(path)).flatMap(
    ({ contract, texts }) =>
      methodsOf([contract])
        .filter(
          ({ localName }) => !texts.some((text) => new RegExp(`export (?:const|function) ${localName}\\b`).test(text)),
        )
        .map(
          (method) =>
            `${placeOf(method)} has no handler: export ${method.localName} in services/${contract.service}/rpc/`,
        ),
  )
}

/** Methods that no test of their service calls. */
export function untestedFaults(contracts: readonly Contract[], sources: readonly Source[]): string[] {
  return ofWritten(contracts, sources, ({ path }) => isTest(path)).flatMap(({ contract, texts }) =>
    methodsOf([contract])
      .filter(
        ({ localName }) => !texts.some((text) => new RegExp(`\\.${localName}\\b|method\\.${localName}\\b`).test(text)),
      )
      .map((method) => `${placeOf(method)} is called by no test in services/${contract.service}/`),
  )
}

/** The contracts whose service has a declaration, each with the texts of its chosen files. */
function ofWritten(
  contracts: readonly Contract[],
  sources: readonly Source[],
  chosen: (source: Source) => boolean,
): { readonly contract: Contract; readonly texts: readonly string[] }[] {
  const written = new Set(sources.flatMap(({ path }) => /^services\/([^/]+)\/service\.ts$/.exec(path)?.[1] ?? []))
  return contracts
    .filter(({ service }) => written.has(service))
    .map((contract) => ({
      contract,
      texts: sources.filter((one) => serviceOf(one.path) === contract.service && chosen(one)).map(({ text }) => text),
    }))
}

const README_LINES = 60

/** Services whose README is missing or too long to be read. */
export function readmeFaults(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    const path = `services/${folder}/README.md`
    if (!existsSync(path))
      return [`${path}:1 is missing: say what it owns, calls, publishes, consumes, and what always holds`]
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n').length
    return lines > README_LINES ? [`${path}:${lines} has ${lines} lines: ${README_LINES} must do`] : []
  })
}

/** Who calls whom, as `caller -> callee`. */
export function callEdges(declared: readonly Declared[]): string[] {
  const edges = declared.flatMap(({ service }) =>
    Object.values(service.calls ?? {}).map((peer) => `${service.name} -> ${packageOf(peer)}`),
  )
  return [...new Set(edges)].sort()
}

/** Circles in who calls whom, as `a -> b -> a`. */
export function circles(edges: readonly string[]): string[] {
  const pairs = edges.map((edge) => edge.split(' -> '))
  const from = (caller: string): string[] => pairs.filter(([one]) => one === caller).map(([, callee]) => callee ?? '')
  const walk = (path: readonly string[]): string[] =>
    from(path.at(-1) ?? '').flatMap((callee) => {
      if (callee === path[0]) return [[...path, callee].join(' -> ')]
      return path.includes(callee) ? [] : walk([...path, callee])
    })
  const callers = [...new Set(pairs.map(([caller]) => caller ?? ''))]
  // A circle is found from each of its members; the one that begins with the first name stands for all.
  return callers
    .flatMap((caller) => walk([caller]))
    .filter((circle) => circle.split(' -> ').sort()[0] === circle.split(' -> ')[0])
}

/** Declarations that disagree with the contracts or with each other. */
export function declarationFaults(declared: readonly Declared[], contracts: readonly Contract[]): string[] {
  return declared.flatMap(({ folder, service }) => {
    const at = `services/${folder}/service.ts:1`
    const own = contracts.find((contract) => contract.service === folder)
    const served = new Set(service.serves.map(({ typeName }) => typeName))
    return [
      ...(service.name === folder ? [] : [`${at} is named ${service.name}, its folder ${folder}`]),
      ...(own?.services ?? [])
        .filter(({ typeName }) => !served.has(typeName))
        .map(({ typeName }) => `${at} does not serve ${typeName}`),
      ...(service.publishes ?? [])
        .filter((event) => packageOf(event) !== folder)
        .map(({ typeName }) => `${at} publishes ${typeName}, which another service owns`),
    ]
  })
}

/** Events declared in a contract that its service does not publish, and consumed events that nobody publishes. */
export function eventFaults(declared: readonly Declared[], contracts: readonly Contract[]): string[] {
  const published = new Set(
    declared.flatMap(({ service }) => (service.publishes ?? []).map(({ typeName }) => typeName)),
  )
  const folders = new Set(declared.map(({ folder }) => folder))
  const silent = contracts
    .filter(({ service }) => folders.has(service))
    .flatMap(({ messages }) => messages.filter(isEvent))
    .filter(({ typeName }) => !published.has(typeName))
    .map((event) => `${placeOfMessage(event)} is an event that its service does not declare in \`publishes\``)
  const awaited = declared.flatMap(({ folder, service }) =>
    (service.consumes ?? [])
      .filter(({ schema }) => folders.has(packageOf(schema)) && !published.has(schema.typeName))
      .map(
        ({ name, schema }) =>
          `services/${folder}/service.ts:1 ${name} waits for ${schema.typeName}, which nobody publishes`,
      ),
  )
  return [...silent, ...awaited]
}

/** Events stand in events.proto, named in the past tense; the messages that they are made of are used by others there. */
function isEvent(message: DescMessage): boolean {
  if (!message.file.name.endsWith('/events')) return false
  const used = message.file.messages.some((other) => other.fields.some((field) => field.message === message))
  return message.parent === undefined && !used
}
