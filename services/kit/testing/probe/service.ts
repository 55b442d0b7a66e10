import { Code } from '@connectrpc/connect'
import { sql } from 'drizzle-orm'
import { setTimeout as sleep } from 'node:timers/promises'
import { ErrorReason, NoteCreatedSchema, ProbeService } from '#gen/tms/probe/v1/probe_pb.ts'
import { on } from '../../events/consumer.ts'
import { refusals } from '../../errors.ts'
import { type Context, defineService, type Handler } from '../../service.ts'
import { sessionOf } from '../../session.ts'
import { currentCall } from '../../call.ts'

type Ctx = Context

const refuse = refusals('probe', ErrorReason, { NOTE_REFUSED: Code.FailedPrecondition })

type NoteRow = { note_id: string; text: string; serial: string }

const noteOf = (row: NoteRow) => ({ noteId: row.note_id, text: row.text, serial: BigInt(row.serial) })

const createNote =
  (ctx: Ctx): Handler<typeof ProbeService.method.createNote> =>
  (req, call) =>
    ctx.db.once(call, req, async (tx) => {
      if (req.text === 'refused') throw refuse('NOTE_REFUSED', 'the text asked for it')
      const { tenantId = '', userId } = sessionOf(call)
      const [row] = await tx.execute<NoteRow>(sql`
        insert into note (note_id, tenant_id, writer_id, text)
        values (${req.noteId}, ${tenantId}, ${userId}, ${req.text}) returning note_id, text, serial`)
      await tx.publish(NoteCreatedSchema, req.noteId, { tenantId, noteId: req.noteId, text: req.text })
      return { note: row && noteOf(row) }
    })

const listNotes = (ctx: Ctx) => async () => {
  const rows = await ctx.db.transaction((tx) =>
    tx.execute<NoteRow>(sql`select note_id, text, serial from note order by serial`),
  )
  return { notes: rows.map(noteOf) }
}

const hear = on(
  NoteCreatedSchema,
  async (_ctx: Ctx, tx, event) => {
    if (event.text === 'poison') throw new Error('poison')
    await tx.execute(sql`insert into heard (note_id, tenant_id, text)
      values (${event.noteId}, ${event.tenantId}, ${event.text})`)
  },
  { name: 'hear' },
)

/** A service with one of everything, for the kit's own tests. */
export const probe = defineService<Ctx>({
  name: 'probe',
  serves: [ProbeService],
  publishes: [NoteCreatedSchema],
  consumes: [hear],
  migrations: new URL('./migrations/', import.meta.url),
  routes: (ctx) => (router) => {
    router.service(ProbeService, {
      echo: async (req, call) => {
        if (req.text === 'fail') throw new Error('the inside of an unforeseen fault')
        if (req.text === 'sleep') await sleep(5_000, undefined, { signal: call.signal })
        return { text: req.text, userId: sessionOf(call).userId }
      },
      createNote: createNote(ctx),
      listNotes: listNotes(ctx),
      listOwnNotes: listNotes(ctx),
      tellCaller: (_req, call) => {
        const { callerService = '', userId } = sessionOf(call)
        return { service: callerService, userId, correlationId: currentCall().correlationId }
      },
      count: async function* (req) {
        for (let number = 1; number <= req.upTo; number++) {
          await sleep(1)
          yield { number }
        }
      },
    })
  },
})
