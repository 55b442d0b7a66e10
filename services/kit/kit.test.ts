import { Code, ConnectError } from '@connectrpc/connect'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { BadRequestSchema } from '#gen/google/rpc/error_details_pb.ts'
import { ProbeService, NoteCreatedSchema } from '#gen/tms/probe/v1/probe_pb.ts'
import { metadataOf, reasonOf } from './errors.ts'
import { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import { envelopeFrom, on } from './events/consumer.ts'
import { listDeadLetters, replayRequested, requestReplay } from './events/dead_letters.ts'
import { handleEnvelope } from './events/handle.ts'
import { subscribe } from './events/subscription.ts'
import type { Context } from './service.ts'
import { registry } from './telemetry/metrics.ts'
import { placements, startSuite, type Suite } from './testing/index.ts'
import { probe } from './testing/probe/service.ts'
import { newUuidV7 } from './values/uuid.ts'

const id = () => newUuidV7(Date.now())
const notes = ['probe.notes.create', 'probe.notes.read']

function writer(suite: Suite, tenantId = id(), userId = id()) {
  return suite.client(ProbeService, { tenantId, userId, permissions: notes })
}

async function refusalOf(call: Promise<unknown>): Promise<ConnectError> {
  const err: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(err instanceof ConnectError)) throw new Error(`expected a refusal, got ${String(err)}`)
  return err
}

placements(
  'a note is written once under its key, and its event has its effect once [S1-78]',
  [probe],
  async (suite) => {
    const client = writer(suite)
    const noteId = id()
    const { note } = await client.createNote({ noteId, text: 'hello' })
    const again = await client.createNote({ noteId, text: 'hello' })
    expect(again.note).toEqual(note)
    await suite.settle()
    expect(await suite.sql('probe')`select text from heard`).toEqual([{ text: 'hello' }])
    expect(await suite.published(NoteCreatedSchema)).toHaveLength(1)
  },
)

placements('the same key a hundred times in parallel has one effect and one answer', [probe], async (suite) => {
  const client = writer(suite)
  const noteId = id()
  const answers = await Promise.all(Array.from({ length: 100 }, () => client.createNote({ noteId, text: 'x' })))
  expect(new Set(answers.map(({ note }) => note?.serial))).toHaveLength(1)
  await suite.redis.flushall()
  expect((await client.createNote({ noteId, text: 'x' })).note?.serial).toBe(answers[0]?.note?.serial)
  expect(await suite.sql('probe')`select count(*)::int as n from note`).toEqual([{ n: 1 }])
  const other = await refusalOf(client.createNote({ noteId, text: 'another text' }))
  expect(reasonOf(other)).toBe('IDEMPOTENCY_KEY_REUSED')
})

placements('a refused call keeps nothing, so that its key can be used again', [probe], async (suite) => {
  const client = writer(suite)
  const noteId = id()
  expect(reasonOf(await refusalOf(client.createNote({ noteId, text: 'refused' })))).toBe('NOTE_REFUSED')
  expect((await client.createNote({ noteId, text: 'fine' })).note?.text).toBe('fine')
})

placements(
  'a company never sees the rows of another, a user never those of another [S4-20]',
  [probe],
  async (suite) => {
    const [mine, theirs, me] = [id(), id(), id()]
    await writer(suite, mine, me).createNote({ noteId: id(), text: 'mine' })
    await writer(suite, theirs).createNote({ noteId: id(), text: 'theirs' })
    const texts = async (answer: Promise<{ notes: { text: string }[] }>) => (await answer).notes.map(({ text }) => text)
    expect(await texts(writer(suite, mine).listNotes({}))).toEqual(['mine'])
    expect(await texts(writer(suite, theirs).listNotes({}))).toEqual(['theirs'])
    expect(await texts(writer(suite, id(), me).listOwnNotes({}))).toEqual(['mine'])
    expect(await texts(writer(suite, mine).listOwnNotes({}))).toEqual([])
  },
)

placements('who may call is decided by the contract, at the service itself [S1-12][S1-75]', [probe], async (suite) => {
  const reason = async (call: Promise<unknown>) => reasonOf(await refusalOf(call))
  const as = (token: string) => suite.clientWithToken(ProbeService, token)
  const who = { tenantId: id(), userId: id(), permissions: notes }
  const good = await suite.token(who)
  expect((await as(good).echo({ text: 'hi' })).userId).toBe(who.userId)
  expect((await suite.client(ProbeService).echo({ text: 'hi' })).userId).toBe('')
  expect(await reason(suite.client(ProbeService).listNotes({}))).toBe('TOKEN_MISSING')
  expect(await reason(as(`${good.slice(0, -3)}AAA`).listNotes({}))).toBe('TOKEN_INVALID')
  expect(await reason(as(await suite.token(who, { audience: 'other' })).listNotes({}))).toBe('TOKEN_INVALID')
  expect(await reason(as(await suite.token(who, { issuer: 'other' })).listNotes({}))).toBe('TOKEN_INVALID')
  expect(await reason(as(await suite.token(who, { expiresInSeconds: -5 })).listNotes({}))).toBe('TOKEN_EXPIRED')
  const plain = suite.client(ProbeService, { tenantId: id(), permissions: ['probe.notes.create'] })
  const denied = await refusalOf(plain.listNotes({}))
  expect([reasonOf(denied), metadataOf(denied)]).toEqual(['PERMISSION_MISSING', { permission: 'probe.notes.read' }])
  expect(await reason(suite.client(ProbeService, { permissions: ['*'] }).listNotes({}))).toBe('TENANT_MISSING')
  expect(await reason(as(good).tellCaller({}))).toBe('AUDIENCE_MISMATCH')
})

placements('a service proves itself to its peers by its own key [S1-77]', [probe], async (suite) => {
  const answer = await suite.peer(ProbeService, 'ticketing').tellCaller({})
  expect(answer.service).toBe('ticketing')
})

placements('broken rules are told by field; the unforeseen keeps its inside to itself', [probe], async (suite) => {
  const client = suite.client(ProbeService)
  const invalid = await refusalOf(client.echo({ text: '', more: ['ok', 'x'] }))
  expect(invalid.code).toBe(Code.InvalidArgument)
  const [fields] = invalid.findDetails(BadRequestSchema)
  expect(fields?.fieldViolations.map(({ field }) => field)).toEqual(['text', 'more[1]'])
  const unstorable = await refusalOf(client.echo({ text: 'a\u0000b' }))
  expect([unstorable.code, unstorable.findDetails(BadRequestSchema)[0]?.fieldViolations[0]?.field]).toEqual([
    Code.InvalidArgument,
    'text',
  ])
  const unforeseen = await refusalOf(client.echo({ text: 'fail' }))
  expect(unforeseen.code).toBe(Code.Internal)
  expect(unforeseen.message).not.toContain('inside')
  expect(metadataOf(unforeseen)['correlation_id']).toMatch(/^[0-9a-f-]{36}$/)
})

placements('a call ends at its deadline; a stream runs for as long as it is read', [probe], async (suite) => {
  const client = suite.client(ProbeService)
  expect((await refusalOf(client.echo({ text: 'sleep' }, { timeoutMs: 200 }))).code).toBe(Code.DeadlineExceeded)
  const numbers: number[] = []
  for await (const { number } of client.count({ upTo: 1000 })) {
    numbers.push(number)
    if (numbers.length === 5) break
  }
  expect(numbers).toEqual([1, 2, 3, 4, 5])
})

placements(
  'a service sees its own schema and no other; ledgers cannot be changed [S1-05][S1-68]',
  [probe],
  async (suite) => {
    const admin = suite.sql('probe')
    await admin`insert into ledger values ('first')`
    await expect(admin`update ledger set entry = 'changed'`).rejects.toThrow('append-only')
    await admin.begin(async (sql) => {
      await sql`create schema if not exists elsewhere`
      await sql`create table elsewhere.secret (x int)`
    })
    const asRole = admin.begin(async (sql) => {
      await sql`set local role tms_probe`
      return sql`select * from elsewhere.secret`
    })
    await expect(asRole).rejects.toThrow('permission denied')
  },
)

placements('a wiped JetStream is filled again from the outbox, without a second effect', [probe], async (suite) => {
  const client = writer(suite)
  await client.createNote({ noteId: id(), text: 'before' })
  await suite.settle()
  await suite.bus.manager.streams.delete(suite.bus.streamOf('probe'))
  await client.createNote({ noteId: id(), text: 'after' })
  await suite.settle()
  expect(await suite.sql('probe')`select text from heard order by text`).toEqual([
    { text: 'after' },
    { text: 'before' },
  ])
  const { state } = await suite.bus.manager.streams.info(suite.bus.streamOf('probe'))
  expect(state.messages).toBe(2)
})

placements(
  'an event that cannot be handled is tried again, kept as a dead letter, and handled when it is replayed',
  [probe],
  async (suite) => {
    const client = writer(suite)
    await client.createNote({ noteId: id(), text: 'poison' })
    const sql = suite.sql('probe')
    await until(async () => (await sql`select attempts from dead_letter`).length === 1)
    expect(await sql`select consumer, state, error from dead_letter`).toEqual([
      { consumer: 'hear', state: 'DEAD', error: 'Error: poison' },
    ])
    const [letter] = await listDeadLetters(suite.host.runtimes.get('probe')!.ctx.db.system)
    expect(letter?.attempts).toBe(3)
    const runtime = suite.host.runtimes.get('probe')!
    expect(await requestReplay(runtime.ctx.db.system)).toBe(1)
    await replayRequested([forgiving], { ctx: runtime.ctx, db: runtime.ctx.db, service: 'probe' })
    expect(await sql`select state from dead_letter`).toEqual([{ state: 'REPLAYED' }])
    expect(await sql`select text from heard`).toEqual([{ text: 'poison' }])
  },
  { retryDelaysMs: [10, 10] },
)

placements(
  'a consumer killed before its acknowledgement is given the event again, with one effect [S3-19][S3-152]',
  [probe],
  async (suite) => {
    const client = writer(suite)
    const stream = suite.bus.streamOf('probe')
    const runtime = suite.host.runtimes.get('probe')!
    await Promise.all(runtime.subscriptions.map((subscription) => subscription.stop()))
    await client.createNote({ noteId: id(), text: 'lost ack' })
    await runtime.relay?.drain()
    // Handles the event and dies: its effect is written, its acknowledgement never sent.
    const consumer = await suite.bus.jetstream.consumers.get(stream, suite.bus.durableOf('probe', 'hear'))
    const message = await consumer.next({ expires: 2_000 })
    await handleEnvelope(
      forgiving,
      { ctx: runtime.ctx, db: runtime.ctx.db, service: 'probe' },
      envelopeFrom(message!.data),
    )
    const options = { service: 'probe', ctx: runtime.ctx, db: runtime.ctx.db, bus: suite.bus, log: runtime.ctx.log }
    const again = await subscribe(forgiving, { ...options, ackWaitMs: 300, deliveries: 1, retryDelaysMs: [10] })
    await until(() => again.idle())
    await again.stop()
    expect(await suite.sql('probe')`select text from heard`).toEqual([{ text: 'lost ack' }])
  },
  { ackWaitMs: 300 },
)

test('a dead peer is UNAVAILABLE, and after five failures at once [S4-05]', async () => {
  const suite = await startSuite([probe], false, { peerUrl: () => 'http://127.0.0.1:1', sendTwice: false })
  try {
    const gone = suite.peer(NotificationService, 'probe')
    for (let i = 0; i < 6; i++) {
      const err = await refusalOf(gone.listTemplates({}))
      expect([err.code, reasonOf(err)]).toEqual([Code.Unavailable, 'PEER_UNAVAILABLE'])
    }
    expect(await registry.metrics()).toContain('tms_breaker_state{target="peer:notification"} 2')
  } finally {
    await suite.stop()
  }
})

test('work that calls a peer inside a transaction is a mistake that is told at once', async () => {
  const suite = await startSuite([probe], false)
  try {
    const { db } = suite.host.runtimes.get('probe')!.ctx
    const peer = suite.peer(ProbeService, 'probe')
    await expect(db.transaction(() => peer.tellCaller({}), 'system')).rejects.toThrow('inside a transaction')
  } finally {
    await suite.stop()
  }
})

/** The probe's consumer with its fault mended. */
const forgiving = on(
  NoteCreatedSchema,
  async (_ctx: Context, tx, event) => {
    await tx.execute(
      sql`insert into heard (note_id, tenant_id, text) values (${event.noteId}, ${event.tenantId}, ${event.text})`,
    )
  },
  { name: 'hear' },
)

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('it did not happen in time')
}
