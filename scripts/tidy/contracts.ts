import { existsSync, globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { DescMessage, DescMethod, DescService } from '@bufbuild/protobuf'

/** What the protos of one package of the suite declare. */
export type Contract = {
  /** `ticketing` of `tms.ticketing.v1`. */
  readonly service: string
  readonly services: readonly DescService[]
  readonly messages: readonly DescMessage[]
}

/** Reads the generated descriptors of every package. Run in the project's root. */
export async function readContracts(): Promise<Contract[]> {
  const byService = Map.groupBy(globSync('gen/tms/*/v*/*_pb.ts').sort(), (path) => path.split('/')[2] ?? '')
  return Promise.all([...byService].map(([service, paths]) => readContract(service, paths)))
}

async function readContract(service: string, paths: readonly string[]): Promise<Contract> {
  const modules = await Promise.all(
    paths.map((path) => import(pathToFileURL(resolve(path)).href) as Promise<Readonly<Record<string, unknown>>>),
  )
  const descriptors = modules.flatMap((module) => Object.values(module)).filter(isDescriptor)
  return {
    service,
    services: descriptors.filter((descriptor) => descriptor.kind === 'service'),
    messages: descriptors.filter((descriptor) => descriptor.kind === 'message'),
  }
}

function isDescriptor(value: unknown): value is DescService | DescMessage {
  return typeof value === 'object' && value !== null && 'kind' in value && 'typeName' in value
}

/** The methods of every service. */
export function methodsOf(contracts: readonly Contract[]): DescMethod[] {
  return contracts.flatMap(({ services }) => services.flatMap(({ methods }) => methods))
}

/** `ticketing` of a descriptor in `tms.ticketing.v1`. */
export function packageOf({ typeName }: { readonly typeName: string }): string {
  return typeName.split('.')[1] ?? ''
}

/** Where a method is declared: `<file>:<line> <Service>.<Method>`. */
export function placeOf(method: DescMethod): string {
  const name = `${method.parent.name}.${method.name}`
  return `${lineIn(method.parent.file.name, new RegExp(`^\\s*rpc ${method.name}\\(`, 'm'))} ${name}`
}

/** Where a message is declared: `<file>:<line> <Message>`. */
export function placeOfMessage(message: DescMessage): string {
  return `${lineIn(message.file.name, new RegExp(`^\\s*message ${message.name}\\b`, 'm'))} ${message.name}`
}

function lineIn(protoName: string, declaration: RegExp): string {
  const path = `proto/${protoName}.proto`
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '' // code may be left over from a proto that is gone
  const index = text.search(declaration)
  return `${path}:${index < 0 ? 1 : text.slice(0, index).split('\n').length}`
}
