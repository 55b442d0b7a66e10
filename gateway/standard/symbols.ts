import {
  createRegistry,
  toBinary,
  type DescEnum,
  type DescExtension,
  type DescFile,
  type DescMessage,
  type DescService,
} from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'

/** The files of a set of services, found by what is in them. */
export interface Symbols {
  /** By name, e.g. `tms/qr/v1/key.proto`. */
  byFilename(name: string): DescFile | undefined
  /** By the full name of a service, method, message, field, enum or extension. */
  bySymbol(name: string): DescFile | undefined
  byExtension(extendee: string, number: number): DescFile | undefined
  extensionNumbers(extendee: string): number[]
}

/** Indexes the files that the services are defined in, with all that these import. */
export function symbolsOf(services: readonly DescService[]): Symbols {
  const files = new Map<string, DescFile>()
  for (const service of services) for (const file of withImports(service.file)) files.set(file.proto.name, file)
  const symbols = new Map<string, DescFile>()
  const extensions = new Map<string, Map<number, DescFile>>()
  for (const file of files.values()) {
    for (const type of createRegistry(file)) {
      if (type.file !== file) continue
      for (const name of namesIn(type)) symbols.set(name, file)
      if (type.kind === 'extension') numbersOf(extensions, type.extendee.typeName).set(type.number, file)
    }
  }
  return {
    byFilename: (name) => files.get(name),
    bySymbol: (name) => symbols.get(name),
    byExtension: (extendee, number) => extensions.get(extendee)?.get(number),
    extensionNumbers: (extendee) => [...(extensions.get(extendee)?.keys() ?? [])],
  }
}

/**
 * A file and all that it imports, encoded as `google.protobuf.FileDescriptorProto`.
 *
 * @param sent names of files that the client has got already, and now gets: they are left out and added.
 */
export function encodedFiles(file: DescFile, sent: Set<string>): Uint8Array[] {
  const fresh = withImports(file).filter((each) => !sent.has(each.proto.name))
  for (const each of fresh) sent.add(each.proto.name)
  // What was asked for is sent in any case: an answer must hold it.
  const answer = fresh.length > 0 ? fresh : [file]
  return answer.map((each) => toBinary(FileDescriptorProtoSchema, each.proto))
}

function withImports(file: DescFile, found = new Set<DescFile>()): DescFile[] {
  if (!found.has(file)) {
    found.add(file)
    for (const imported of file.dependencies) withImports(imported, found)
  }
  return [...found]
}

function namesIn(type: DescEnum | DescExtension | DescMessage | DescService): string[] {
  const names = [type.typeName]
  if (type.kind === 'service') names.push(...type.methods.map((method) => `${type.typeName}.${method.name}`))
  if (type.kind === 'message') names.push(...type.fields.map((field) => `${type.typeName}.${field.name}`))
  return names
}

function numbersOf(extensions: Map<string, Map<number, DescFile>>, extendee: string): Map<number, DescFile> {
  const numbers = extensions.get(extendee) ?? new Map<number, DescFile>()
  extensions.set(extendee, numbers)
  return numbers
}
