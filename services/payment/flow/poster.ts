import { sqlStateOf } from '#kit'
import { type Ctx, perContext } from '../context.ts'
import { type Entry, postEntries } from '../store/journal.ts'

/** Posts entries; those that arrive together are written together. */
export type Poster = {
  /** Resolves when the entry is in the journal. Fails as `postEntries` would for this entry alone. */
  post(entry: Entry): Promise<void>
}

/** How much is written at once, and how many statements run side by side. */
export type PosterLimits = { readonly entries: number; readonly statements: number }

type Waiting = { readonly entry: Entry; readonly resolve: () => void; readonly reject: (err: unknown) => void }

/**
 * Gathers entries while earlier ones are being written, and writes what has gathered in one statement: under load a
 * statement carries hundreds, alone an entry waits for nobody.
 *
 * @param write posts all entries or none
 */
export function groupingPoster(write: (entries: readonly Entry[]) => Promise<void>, limits: PosterLimits): Poster {
  const waiting: Waiting[] = []
  let running = 0
  const drain = async () => {
    running++
    while (waiting.length > 0) await settleGroup(write, waiting.splice(0, limits.entries))
    running--
  }
  return {
    post: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, resolve, reject })
        if (running < limits.statements) void drain()
      }),
  }
}

/**
 * Writes a group and tells each caller. One entry that the database refuses takes the whole statement with it: the group is
 * halved until the refused one is alone, and the others are written.
 */
async function settleGroup(
  write: (entries: readonly Entry[]) => Promise<void>,
  group: readonly Waiting[],
): Promise<void> {
  try {
    await write(group.map(({ entry }) => entry))
  } catch (err) {
    if (group.length === 1 || !concernsOneEntry(err)) {
      for (const { reject } of group) reject(err)
      return
    }
    const half = Math.ceil(group.length / 2)
    await settleGroup(write, group.slice(0, half))
    await settleGroup(write, group.slice(half))
    return
  }
  for (const { resolve } of group) resolve()
}

/** Integrity violations (23), unfit data (22), and deadlocks (40) have to do with single rows; a lost connection has not. */
function concernsOneEntry(err: unknown): boolean {
  return ['22', '23', '40'].includes(sqlStateOf(err)?.slice(0, 2) ?? '')
}

/** The poster of this process. */
export const posterOf = perContext((ctx: Ctx) =>
  // All rows: services post for whatever company. A transaction, so that who loses a deadlock is tried again.
  groupingPoster((entries) => ctx.db.transaction((tx) => postEntries(tx, entries), 'system'), {
    entries: 500,
    statements: 2,
  }),
)
