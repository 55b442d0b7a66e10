import { pino, type Logger } from 'pino'
import { currentCall } from '../call.ts'

export type { Logger }

/** Keys whose values never reach a log line, whoever logs them. */
const PERSONAL = ['phone', 'email', 'name', 'code', 'token', 'password', 'pin', 'authorization', 'secret', 'msisdn']

/** The log of a process: JSON lines on standard error, each with the correlation id of its call. */
export function createLogger(level: string): Logger {
  const options = {
    level,
    base: null,
    redact: { paths: [...PERSONAL, ...PERSONAL.map((key) => `*.${key}`)], censor: '[personal]' },
    mixin: () => {
      const { correlationId } = currentCall()
      return correlationId === '' ? {} : { correlationId }
    },
  }
  return pino(options, pino.destination({ dest: 2, sync: false }))
}
