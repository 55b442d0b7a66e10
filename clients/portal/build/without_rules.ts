import { create, fromBinary, type Message, toBinary } from '@bufbuild/protobuf'
import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire'
import { type DescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import type { Plugin } from 'vite'
import { policy, PolicySchema } from '../../../gen/tms/access/v1/access_pb.ts'

/** The extension of `buf.validate` in the options of messages, fields and oneofs. */
const RULES = 1159

type Options = Message | undefined
type Unknown = NonNullable<Message['$unknown']>[number]

/** The contract of a file as generated code holds it. */
const DESCRIPTOR = /(?<=\bfileDesc\(")[A-Za-z0-9+/=]+(?=")/

/** Takes the rules of fields, and who may call, out of the contracts in the bundle of the browser: the server judges by its own. */
export function withoutRules(): Plugin {
  return {
    name: 'contracts-without-rules',
    enforce: 'pre',
    transform: {
      filter: { id: /\/gen\/.*_pb\.ts$/ },
      handler: (code) => ({ code: code.replace(DESCRIPTOR, stripped), map: null }),
    },
  }
}

function stripped(base64: string): string {
  const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(base64, 'base64'))
  for (const message of file.messageType) stripMessage(message)
  for (const { options } of file.service.flatMap(({ method }) => method)) keepKeyOnly(options)
  return Buffer.from(toBinary(FileDescriptorProtoSchema, file)).toString('base64').replace(/=+$/, '')
}

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
