import { sql } from 'drizzle-orm'
import { createClient } from '@connectrpc/connect'
import { expect, inject } from 'vitest'
import { NoteCreatedSchema, ProbeService } from '#gen/tms/probe/v1/probe_pb.ts'
import { on } from './events/consumer.ts'
import { type Host, startHost } from './host/host.ts'
import { ephemeralServiceKeys } from './identity/service_keys.ts'
import type { Context } from './service.ts'
import { createLogger } from './telemetry/log.ts'
import { placements, type Suite } from './testing/index.ts'
import { probe } from './testing/probe/service.ts'
import { newUuidV7 } from './values/uuid.ts'

const id = () => newUuidV7(Date.now())

/** The probe, which writes its own name beside each event that it hears. */
const replica = (name: string) => ({
  ...probe,
  consumes: [
    on(
      NoteCreatedSchema,
      async (_ctx: Context, tx, { noteId, tenantId }) => {
        await tx.execute(sql`insert into heard (note_id, tenant_id, text) values (${noteId}, ${tenantId}, ${name})`)
      },
      { name: 'hear' },
    ),
  ],
})

/** The service once more, on the servers of a suite. */
function beside({ databaseUrl, namespace, clock, issuer }: Suite, name: string): Promise<Host> {
  return startHost({
    services: [replica(name)],
    infra: { databaseUrl, redisUrl: inject('REDIS_URL'), natsUrl: inject('NATS_URL') },
    namespace,
    clock,
    newId: id,
    env: {},
    log: createLogger('silent'),
    keys: ephemeralServiceKeys(),
    userKeys: () => Promise.resolve(issuer.keys),
    revocation: undefined,
    peerUrl: () => undefined,
    inner: undefined,
    apart: false,
    jobTimers: false,
    deliveries: 2,
    ackWaitMs: 5_000,
    poolSize: 2,
    wrapTransport: (base) => base,
  })
}

placements(
  'three replicas share the work: a call may go to any of them, twice to two, and each event is handled once, by one [S3-91][S3-148]',
  [replica('first')],
  async (suite) => {
    const hosts = [suite.host, await beside(suite, 'second'), await beside(suite, 'third')]
    const tenantId = id()
    const token = await suite.token({ tenantId, permissions: ['probe.notes.create', 'probe.notes.read'] })
    const calling = { headers: { authorization: `Bearer ${token}` } }
    const [first, second, third] = hosts.map((host) => createClient(ProbeService, host.transportTo('probe')))
    const clients = [first!, second!, third!]

    const write = async (n: number) => {
      const note = { noteId: id(), text: `note ${n}` }
      const answers = await Promise.all(clients.map((client) => client.createNote(note, calling)))
      expect(new Set(answers.map((answer) => answer.note?.serial)).size).toBe(1)
    }
    const heard = async () =>
      suite.sql('probe')<{ replica: string; notes: number; different: number }[]>`
        select text as replica, count(*)::int as notes, count(distinct note_id)::int as different
        from heard group by text order by text`
    const total = async () => (await heard()).reduce((sum, { notes }) => sum + notes, 0)
    await Promise.all(Array.from({ length: 40 }, (_, n) => write(n)))
    await expect.poll(total).toBe(40)
    const shares = await heard()
    expect(shares.map((share) => share.replica)).toEqual(['first', 'second', 'third'])
    expect(shares.every(({ notes, different }) => notes === different)).toBe(true)

    // One of them ends: what it had begun is finished, and the others go on without it.
    clients.pop()
    const ending = hosts[2]!.stop()
    await Promise.all(Array.from({ length: 20 }, (_, n) => write(n)))
    await ending
    await Promise.all(Array.from({ length: 10 }, (_, n) => write(n)))
    await expect.poll(total).toBe(70)
    expect(await suite.sql('probe')`select note_id from heard group by note_id having count(*) > 1`).toEqual([])
    expect((await second!.listNotes({}, calling)).notes).toHaveLength(70)
    await hosts[1]!.stop()
  },
  { placements: ['memory'] },
)
