import { getOption, hasOption, type DescMethod } from '@bufbuild/protobuf'
import { reflect } from '@bufbuild/protobuf/reflect'
import type { Interceptor } from '@connectrpc/connect'
import { policy } from '../../../../gen/tms/access/v1/access_pb.ts'
import { newId } from '../ids.ts'

/** The request field that names a call for good, as the contract says; undefined when the method has none. */
export function keyFieldOf(method: DescMethod): string | undefined {
  const field = hasOption(method, policy) ? getOption(method, policy).idempotencyKey : ''
  return field === '' ? undefined : field
}

/**
 * Gives every call that needs a key a new one, when its caller chose none. It is set once, before the first attempt, so
 * that all repeats of the call carry the same.
 */
export const fillKeys: Interceptor = (next) => (req) => {
  const name = keyFieldOf(req.method)
  const field = name === undefined ? undefined : req.method.input.fields.find((one) => one.name === name)
  if (req.stream || field?.fieldKind !== 'scalar') return next(req)
  const message = reflect(req.method.input, req.message)
  if (message.get(field) === '') message.set(field, newId())
  return next(req)
}
