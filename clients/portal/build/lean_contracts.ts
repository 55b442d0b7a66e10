import { create, fromBinary, type Message, toBinary } from '@bufbuild/protobuf'
import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire'
import { type DescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Plugin } from 'vite'
import { policy, PolicySchema } from '../../../gen/tms/access/v1/access_pb.ts'
import { namesInCode } from './named.ts'
import { UsedContracts } from './used_contracts.ts'

/** The extension of `buf.validate` in the options of messages, fields and oneofs. */
const RULES = 1159

type Options = Message | undefined
type Unknown = NonNullable<Message['$unknown']>[number]

/** The contract of a file as generated code holds it, and the files that it needs. */
const DESCRIPTOR = /\bfileDesc\("([A-Za-z0-9+/=]+)"(?:, \[([^\]]*)\])?\)/

const gen = resolve(import.meta.dirname, '../../../gen')

/**
 * Makes the contracts in the bundle of the browser small: without the rules of fields and who may call, which the server
 * judges by its own; and without methods and messages that no code of the portal can come to.
 */
export function leanContracts(): Plugin {
  let used: UsedContracts
  return {
    name: 'lean-contracts',
    enforce: 'pre',
    buildStart: () => {
      used = usedContracts()
    },
    transform: {
      filter: { id: /\/gen\/.*_pb\.ts$/ },
      handler: (code) => ({
        code: code.replace(DESCRIPTOR, (_, base64: string, files?: string) => lean(used, base64, files)),
        map: null,
      }),
    },
  }
}

function usedContracts(): UsedContracts {
  const files = globSync('**/*_pb.ts', { cwd: gen }).flatMap((name) => {
    const base64 = DESCRIPTOR.exec(readFileSync(join(gen, name), 'utf8'))?.[1]
    return base64 === undefined ? [] : [parsed(base64)]
  })
  return new UsedContracts(files, namesInCode())
}

function lean(used: UsedContracts, base64: string, files: string | undefined): string {
  const file = parsed(base64)
  for (const message of file.messageType) stripMessage(message)
  for (const { options } of file.service.flatMap(({ method }) => method)) keepKeyOnly(options)
  const isNeeded = used.prune(file)
  const kept = (files ?? '').split(', ').filter((name) => name !== '' && isNeeded(name))
  const bytes = Buffer.from(toBinary(FileDescriptorProtoSchema, file)).toString('base64').replace(/=+$/, '')
  return `fileDesc("${bytes}", [${kept.join(', ')}])`
}

const parsed = (base64: string) => fromBinary(FileDescriptorProtoSchema, Buffer.from(base64, 'base64'))

function stripMessage(message: DescriptorProto): void {
  for (const one of [message, ...message.field, ...message.oneofDecl]) stripOptions(one)
  for (const nested of message.nestedType) stripMessage(nested)
}

/** Of a policy the client needs the name of the idempotency key; who may call is the server's to judge. */
function keepKeyOnly(options: Options): void {
  if (!options?.$unknown) return
  options.$unknown = options.$unknown.flatMap((one) => (one.no === policy.number ? keyOnly(one) : [one]))
}

function keyOnly({ no, wireType, data }: Unknown): Unknown[] {
  const length = new BinaryReader(data)
  const { idempotencyKey } = fromBinary(PolicySchema, length.bytes())
  if (idempotencyKey === '') return []
  const bytes = toBinary(PolicySchema, create(PolicySchema, { idempotencyKey }))
  return [{ no, wireType, data: new BinaryWriter().bytes(bytes).finish() }]
}

/** Options that held nothing else go with them. */
function stripOptions(owner: { options?: Options }): void {
  const { options } = owner
  if (!options?.$unknown) return
  options.$unknown = options.$unknown.filter(({ no }) => no !== RULES)
  const isBare =
    options.$unknown.length === 0 &&
    Object.values(options).every((value) => value === options.$unknown || value === options.$typeName || isUnset(value))
  if (isBare) delete owner.options
}

const isUnset = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0)
