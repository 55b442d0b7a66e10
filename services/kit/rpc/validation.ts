import type { DescMessage, Message } from '@bufbuild/protobuf'
import { createValidator, type Violation } from '@bufbuild/protovalidate'
import { type FieldViolation, refuseCall } from '../errors.ts'
import { wordsOf } from './forms.ts'
import { unstorableTexts } from './storable.ts'

const validator = createValidator()

/**
 * Checks a request against the rules on its fields.
 *
 * @throws {ConnectError} INVALID_ARGUMENT / REQUEST_INVALID with every field that breaks a rule
 */
export function validate(schema: DescMessage, message: Message): void {
  const result = validator.validate(schema, message)
  if (result.kind === 'error') throw result.error
  const broken = result.kind === 'invalid' ? result.violations.map(fieldViolation) : []
  const unstorable = unstorableTexts(schema, message).map((field) => ({
    field,
    description: 'has the character U+0000',
  }))
  const fields = [...broken, ...unstorable]
  if (fields.length === 0) return
  const summary = fields.map(({ field, description }) => `${field}: ${description}`).join('; ')
  throw refuseCall('REQUEST_INVALID', summary, {}, { fields })
}

function fieldViolation(violation: Violation): FieldViolation {
  return { field: fieldPath(violation), description: inWords(violation.message) }
}

/** The validator names the pattern; who typed the text is told what it must look like. */
function inWords(message: string): string {
  const [, pattern = ''] = /^does not match regex pattern `(.*)`$/s.exec(message) ?? []
  return wordsOf(pattern) ?? message
}

/** The path as a caller writes it: `passengers[2].phone`. */
function fieldPath({ field: path }: Violation): string {
  return path
    .map((part) => {
      if (part.kind === 'field' || part.kind === 'oneof') return `.${part.name}`
      if (part.kind === 'list_sub') return `[${part.index}]`
      if (part.kind === 'map_sub') return `[${String(part.key)}]`
      return ''
    })
    .join('')
    .replace(/^\./, '')
}
