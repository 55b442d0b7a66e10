import { Code, ConnectError } from '@connectrpc/connect'
import { reasonOf } from '../reasons.ts'

/** What follows from the loss of a line. */
export type Consequence = 'try again' | 'begin anew' | 'sign in' | 'stop'

/** Reasons that waiting does not mend: somebody must do something. */
const FINAL = [
  'NOT_ASSIGNED',
  'TRIP_UNKNOWN',
  'TRIP_CLOSED',
  'DEVICE_KEY_INVALID',
  'REPORTING_REPLACED',
  'TOKEN_MISSING',
]

/** What to do when a line was lost or refused. */
export function consequenceOf(err: unknown): Consequence {
  const reason: string = reasonOf(err) ?? ''
  if (reason === 'RECORDING_TAKEN') return 'begin anew'
  if (FINAL.includes(reason)) return 'stop'
  return err instanceof ConnectError && err.code === Code.Unauthenticated ? 'sign in' : 'try again'
}

/** How long to wait after so many failures in a row: at random, so that those who failed together do not come together. */
export function waitAfter(failures: number, { firstWaitMs, longestWaitMs }: Backoff, random = Math.random): number {
  const most = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 30))
  return most * (0.5 + random() / 2)
}

/** How attempts are spread. */
export type Backoff = { readonly firstWaitMs: number; readonly longestWaitMs: number }
