import { Code, type ConnectError } from '@connectrpc/connect'
import { BadRequestSchema } from '#gen/google/rpc/error_details_pb.ts'
import type { Outcome } from './call.ts'

/** Counts what calls came to, so that a run can say what it tried. */
export type Tally = { count(outcome: Outcome): void; toString(): string }

/** A tally of calls under a heading. */
export function tallyOf(heading: string): Tally {
  const counts = new Map<string, number>()
  return {
    count: ({ refusal }) => {
      const code = refusal ? Code[refusal.code] : 'Ok'
      counts.set(code, (counts.get(code) ?? 0) + 1)
    },
    toString: () => {
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
      const parts = [...counts].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`)
      return `${heading}: ${total} calls: ${parts.join(', ')}`
    },
  }
}

/** Whether a refusal says that the suite, not the caller, is at fault. */
export function isFault({ refusal }: Outcome): boolean {
  return refusal?.code === Code.Internal || refusal?.code === Code.Unknown || refusal?.code === Code.DataLoss
}

/** The fields that a refusal names. */
export function fieldsOf(refusal: ConnectError): string[] {
  return refusal
    .findDetails(BadRequestSchema)
    .flatMap(({ fieldViolations }) => fieldViolations.map(({ field }) => field))
}

/** Runs work on many things, a few at a time. */
export async function forEachOf<T>(things: readonly T[], work: (thing: T) => Promise<void>, atOnce = 6): Promise<void> {
  const waiting = [...things]
  const worker = async () => {
    for (let thing = waiting.shift(); thing !== undefined; thing = waiting.shift()) await work(thing)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
