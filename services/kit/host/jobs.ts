import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { detachedCall, runInCall } from '../call.ts'
import { replayRequested } from '../events/dead_letters.ts'
import { RETENTION_DAYS } from '../events/bus.ts'
import type { Context, Job, Service } from '../service.ts'

/** A job holds its lock at least this long, should its process die. */
const MIN_LOCK_MS = 30_000

/** Runs a job once, unless another replica is at it. */
export async function runJob(ctx: Context, job: Job<Context>): Promise<void> {
  const ttlMs = Math.max(MIN_LOCK_MS, job.everySeconds * 1_000)
  await ctx.locks.using([`job:${ctx.name}:${job.name}`], ttlMs, () =>
    runInCall(detachedCall(ctx.newId()), () => job.run(ctx)),
  )
}

/** Starts the timers of jobs; returns what stops them and waits for those that run. */
export function startJobs(ctx: Context, jobs: readonly Job<Context>[]): () => Promise<void> {
  const running = new Set<Promise<void>>()
  const timers = jobs.map((job) =>
    setInterval(() => {
      const run = runJob(ctx, job)
        .catch((err: unknown) => ctx.log.error({ err, job: job.name }, 'a job failed and will run again'))
        .finally(() => running.delete(run))
      running.add(run)
    }, job.everySeconds * 1_000),
  )
  return async () => {
    for (const timer of timers) clearInterval(timer)
    await Promise.race([Promise.all(running), sleep(5_000, undefined, { ref: false })])
  }
}

/** The jobs of a service: its own, and those that keep the kit's tables small. */
export function jobsOf(service: Service): readonly Job<Context>[] {
  const own = service.jobs ?? []
  if (!service.migrations) return own
  return [...own, replayJob(service), pruneJob]
}

function replayJob(service: Service): Job<Context> {
  return {
    name: 'replay-dead-letters',
    everySeconds: 10,
    run: (ctx) => replayRequested(service.consumes ?? [], { ctx, db: ctx.db, service: ctx.name }),
  }
}

/** The inbox is kept longer than any event can come again; first results as long as callers may repeat. */
const pruneJob: Job<Context> = {
  name: 'prune-kit-tables',
  everySeconds: 3_600,
  run: async ({ db }) => {
    const days = RETENTION_DAYS + 1
    await db.system.execute(sql`delete from inbox where handle_time < now() - make_interval(days => ${days}::int)`)
    await db.system.execute(
      sql`delete from idempotency where create_time < now() - make_interval(days => ${days}::int)`,
    )
  },
}
