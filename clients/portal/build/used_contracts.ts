import type { DescriptorProto, EnumDescriptorProto, FileDescriptorProto } from '@bufbuild/protobuf/wkt'

/**
 * Which parts of the contracts code can come to: the methods that it names, what they take and answer, and the messages
 * whose schema it names.
 */
export class UsedContracts {
  readonly #names: ReadonlySet<string>
  readonly #messages = new Map<string, DescriptorProto>()
  readonly #owners = new Map<string, string>()
  readonly #used = new Set<string>()

  /** @param names every identifier of the code */
  constructor(files: readonly FileDescriptorProto[], names: ReadonlySet<string>) {
    this.#names = names
    for (const file of files) this.#index(file)
    for (const file of files) {
      for (const method of file.service.flatMap((one) => this.#methods(one.method))) {
        this.#use(method.inputType)
        this.#use(method.outputType)
      }
      // What extends other contracts is left as it is.
      if (file.extension.length > 0) for (const one of file.messageType) this.#use(`.${file.package}.${one.name}`)
    }
    for (const type of this.#messages.keys()) if (names.has(this.#schemaName(type))) this.#use(type)
  }

  /**
   * Empties what is not used, and takes unused methods out; whatever stays keeps its place, by which generated code finds it.
   *
   * @returns the files that it still needs
   */
  prune(file: FileDescriptorProto): (dependency: string) => boolean {
    if (file.extension.length > 0) return () => true
    const needed = new Set<string>()
    for (const service of file.service) {
      service.method = this.#methods(service.method)
      for (const { inputType, outputType } of service.method) needed.add(inputType).add(outputType)
    }
    const visit = (one: DescriptorProto, scope: string): void => {
      const type = `${scope}.${one.name}`
      if (!this.#used.has(type)) empty(one)
      for (const { typeName } of one.field) needed.add(typeName)
      for (const nested of one.nestedType) visit(nested, type)
      for (const nested of one.enumType) if (!this.#used.has(`${type}.${nested.name}`)) shorten(nested)
    }
    for (const one of file.messageType) visit(one, `.${file.package}`)
    for (const one of file.enumType) if (!this.#used.has(`.${file.package}.${one.name}`)) shorten(one)
    const owners = new Set([...needed].map((type) => this.#owners.get(type)))
    const known = new Set(this.#owners.values())
    return (dependency) => owners.has(dependency) || !known.has(dependency)
  }

  #methods<T extends { readonly name: string }>(methods: readonly T[]): T[] {
    return methods.filter(({ name }) => this.#names.has(name.charAt(0).toLowerCase() + name.slice(1)))
  }

  #index(file: FileDescriptorProto): void {
    const visit = (one: DescriptorProto, scope: string): void => {
      const type = `${scope}.${one.name}`
      this.#messages.set(type, one)
      this.#owners.set(type, nameOf(file))
      for (const { name } of one.enumType) this.#owners.set(`${type}.${name}`, nameOf(file))
      for (const nested of one.nestedType) visit(nested, type)
    }
    for (const one of file.messageType) visit(one, `.${file.package}`)
    for (const { name } of file.enumType) this.#owners.set(`.${file.package}.${name}`, nameOf(file))
  }

  #use(type: string): void {
    if (this.#used.has(type)) return
    this.#used.add(type)
    for (const { typeName } of this.#messages.get(type)?.field ?? []) if (typeName !== '') this.#use(typeName)
  }

  /** As generated code names it: `.tms.ticketing.v1.Booking.Line` is `Booking_LineSchema`. */
  #schemaName(type: string): string {
    return `${type.replace(/^\.(?:[a-z0-9_]+\.)*/, '').replaceAll('.', '_')}Schema`
  }
}

/** The variable that generated code keeps a file in. */
export function nameOf({ name }: Pick<FileDescriptorProto, 'name'>): string {
  return `file_${name.replace(/\.proto$/, '').replace(/[^A-Za-z0-9]/g, '_')}`
}

function empty(message: DescriptorProto): void {
  message.field = []
  message.oneofDecl = []
  message.reservedName = []
  message.reservedRange = []
}

/** The language asks for a first value. */
function shorten(type: EnumDescriptorProto): void {
  type.value = type.value.slice(0, 1)
}
