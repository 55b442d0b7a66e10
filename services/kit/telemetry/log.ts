import { DrizzleQueryError } from 'drizzle-orm'
import { pino, type Logger, stdSerializers } from 'pino'
import { currentCall } from '../call.ts'

export type { Logger }

/** Keys whose values never reach a log line, whoever logs them. */
const PERSONAL = ['phone', 'email', 'name', 'code', 'token', 'password', 'pin', 'authorization', 'secret', 'msisdn']

/** The log of a process: JSON lines on standard error, each with the correlation id of its call. */
export function createLogger(level: string): Logger {
  const options = {
    level,
    base: null,
    serializers: { err: withoutParameters },
    redact: { paths: [...PERSONAL, ...PERSONAL.map((key) => `*.${key}`)], censor: '[personal]' },
    mixin: () => {
      const { correlationId } = currentCall()
      return correlationId === '' ? {} : { correlationId }
    },
  }
  return pino(options, pino.destination({ dest: 2, sync: false }))
}

/** An error for the log. Of a failed query its text and its cause, but neither parameters nor row: those are people's data. */
function withoutParameters(err: Error): object {
  if (!(err instanceof DrizzleQueryError)) return stdSerializers.err(err)
  const { detail: _, ...shown } = stdSerializers.err(err.cause ?? new Error('the query failed'))
  return { ...shown, query: err.query }
}
