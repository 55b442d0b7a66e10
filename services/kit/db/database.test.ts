import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { anonymous, sessionFrom } from '../session.ts'
import { detachedCall, runInCall } from '../call.ts'
import type { Queries } from './database.ts'
import { readMigrations } from './migrate.ts'
import { provision } from './provision.ts'
import { placements, type Suite } from '../testing/index.ts'
import { probe } from '../testing/probe/service.ts'
import { newUuidV7 } from '../values/uuid.ts'
import { Scope } from '#gen/tms/access/v1/access_pb.ts'

const id = () => newUuidV7(Date.now())

function databaseOf(suite: Suite) {
  return suite.host.runtimes.get('probe')!.ctx.db
}

function addNote(db: Queries, tenantId: string, text: string, noteId = id()) {
  return db.execute(sql`insert into note (note_id, tenant_id, text) values (${noteId}, ${tenantId}, ${text})`)
}

async function textsSeen(db: Queries): Promise<string[]> {
  const rows = await db.execute<{ text: string }>(sql`select text from note order by text`)
  return rows.map(({ text }) => text)
}

/** Runs `work` as a call of somebody who acts for a company. */
function actingFor<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
  const session = sessionFrom({ kind: 'user', userId: id(), tenantId })
  return runInCall({ ...detachedCall('test'), session, scope: Scope.TENANT }, work)
}

/** Runs `work` as a call of nobody, by a method that opens no rows. */
function actingForNobody<T>(work: () => Promise<T>): Promise<T> {
  return runInCall({ ...detachedCall('test'), session: anonymous, scope: Scope.UNSPECIFIED }, work)
}

placements(
  'a transaction sees the rows of its own session, whoever used the connection before',
  [probe],
  async (suite) => {
    const db = databaseOf(suite)
    const [mine, theirs] = [id(), id()]
    await db.transaction((tx) => addNote(tx, mine, 'mine'), { tenantId: mine })
    await db.transaction((tx) => addNote(tx, theirs, 'theirs'), { tenantId: theirs })
    for (let round = 0; round < 3; round++) {
      expect(await actingFor(mine, () => db.transaction(textsSeen))).toEqual(['mine'])
      expect(await db.transaction(textsSeen, { tenantId: theirs })).toEqual(['theirs'])
      expect(await actingForNobody(() => db.transaction(textsSeen))).toEqual([])
      expect(await db.transaction(textsSeen, 'system')).toEqual(['mine', 'theirs'])
    }
  },
  { placements: ['memory'], poolSize: 1 },
)

placements(
  'a transaction in which a statement failed keeps nothing, also when the failure was swallowed',
  [probe],
  async (suite) => {
    const db = databaseOf(suite)
    const [tenantId, noteId] = [id(), id()]
    const swallowed = db.transaction(
      async (tx) => {
        await addNote(tx, tenantId, 'first', noteId)
        await addNote(tx, tenantId, 'again', noteId).catch(() => undefined)
      },
      { tenantId },
    )
    await expect(swallowed).rejects.toThrow('note_pkey')
    await expect(db.transaction(() => Promise.reject(new Error('ours')), { tenantId })).rejects.toThrow('ours')
    expect(await db.transaction(textsSeen, 'system')).toEqual([])
    await db.transaction((tx) => addNote(tx, tenantId, 'kept'), { tenantId })
    expect(await db.transaction(textsSeen, 'system')).toEqual(['kept'])
  },
  { placements: ['memory'], poolSize: 1 },
)

placements(
  'a connection that dies within a transaction fails it, and the next one finds a new connection',
  [probe],
  async (suite) => {
    const db = databaseOf(suite)
    const tenantId = id()
    const cut = db.transaction(
      async (tx) => {
        await addNote(tx, tenantId, 'lost')
        await suite.sql('probe')`
          select pg_terminate_backend(pid) from pg_stat_activity
          where usename = 'tms_probe' and state = 'idle in transaction' and datname = current_database()`
        await textsSeen(tx)
      },
      { tenantId },
    )
    await expect(cut).rejects.toThrow()
    await db.transaction((tx) => addNote(tx, tenantId, 'kept'), { tenantId })
    expect(await db.transaction(textsSeen, { tenantId })).toEqual(['kept'])
  },
  { placements: ['memory'], poolSize: 1 },
)

placements(
  'a migration that was wrong is mended by a further one, with no way back, while the program before it goes on [S1-98]',
  [probe],
  async (suite) => {
    const db = databaseOf(suite)
    const tenantId = id()
    const released = readMigrations(probe.migrations!)
    const step = (name: string, text: string) => ({ name, sql: text, breaking: false })
    const update = (...steps: readonly ReturnType<typeof step>[]) =>
      provision(suite.databaseUrl, [{ service: 'probe', migrations: [...released, ...steps] }])
    const write = (text: string) => db.transaction((tx) => addNote(tx, tenantId, text), { tenantId })
    const urgent = () => suite.sql('probe')`select text, urgent from note order by serial`

    const wrong = step('002_urgent.sql', 'alter table note add urgent boolean not null default true')
    await write('before')
    await update(wrong)
    await write('meanwhile')
    expect(await urgent()).toMatchObject([{ urgent: true }, { urgent: true }])

    // One that cannot be applied leaves nothing, and so may be written anew.
    const half = 'create table half (x int); alter table note add words int not null'
    await expect(update(wrong, step('003_words.sql', half))).rejects.toThrow('words')
    expect(await suite.sql('probe')`select to_regclass('half') as half`).toEqual([{ half: null }])

    const mended = 'alter table note alter urgent set default false; update note set urgent = false'
    await update(wrong, step('003_not_urgent.sql', mended))
    await write('after')
    expect(await urgent()).toEqual(['before', 'meanwhile', 'after'].map((text) => ({ text, urgent: false })))
    await update() // the program before, started again
    await expect(update(step(wrong.name, 'select 1'))).rejects.toThrow('was changed after it was applied')
  },
  { placements: ['memory'] },
)
