import type { Client, Connection, Submittable } from 'pg'

/** How the connection for COPY is opened. */
export type CopyOptions = { readonly url: string; readonly service: string; readonly statementTimeoutMs: number }

/** A connection of its own that writes rows by COPY, one statement at a time in the order of the calls. */
export type CopyConnection = {
  run(statement: string, rows: Buffer): Promise<void>
  close(): Promise<void>
}

/** A server that takes a connection and says nothing more is given up after this time beyond that of the statement. */
const GRACE_MS = 5_000

/**
 * Opens itself with the first use, and anew after it was lost.
 *
 * By pg rather than postgres.js, whose COPY never settles when the server refuses it (porsager/postgres #1173).
 */
export function copyConnection(options: CopyOptions): CopyConnection {
  let client: Promise<Client> | undefined
  let last: Promise<unknown> = Promise.resolve()

  const forget = (lost: Promise<Client> | undefined) => {
    if (client === lost) client = undefined
    // Nobody waits for the farewell: the other side may be what failed.
    lost?.then((old) => old.end()).catch(() => undefined)
  }
  const open = () => {
    const opening: Promise<Client> = connect(options, () => forget(opening))
    client = opening
    return opening
  }
  const copy = async (statement: string, rows: Buffer) => {
    const connection = await (client ?? open())
    await within(options.statementTimeoutMs + GRACE_MS, submit(connection, statement, rows))
  }
  return {
    run: (statement, rows) => {
      const done = last.then(() => copy(statement, rows))
      // What failed may have left the connection in any state, unless the server itself said what was wrong.
      last = done.catch((err: unknown) => (isRefusal(err) ? undefined : forget(client)))
      return done
    },
    close: async () => {
      await last
      forget(client)
    },
  }
}

async function connect(options: CopyOptions, onLost: () => void): Promise<Client> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    connectionString: options.url,
    application_name: `tms-${options.service}-copy`,
    statement_timeout: options.statementTimeoutMs,
    connectionTimeoutMillis: 10_000,
    options: `-c search_path=${options.service},public`,
  })
  client.on('error', onLost)
  client.on('end', onLost)
  await client.connect()
  return client
}

/** An answer of the server has an SQLSTATE of five characters; after it the connection is as good as before. */
function isRefusal(err: unknown): boolean {
  return /^[0-9A-Z]{5}$/.test((err as { readonly code?: string } | undefined)?.code ?? '') && !isGoodbye(err)
}

const isGoodbye = (err: unknown) => (err as { readonly code: string }).code.startsWith('57P')

function submit(client: Client, statement: string, rows: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  client.query(new Copy(statement, rows, (err) => (err ? reject(err) : resolve())))
  return promise
}

/** What pg asks of a connection while it copies; it has no types for that. */
type CopyingConnection = Connection & { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void }

/** One COPY as pg runs it: all rows at once, then the server's word. */
class Copy implements Submittable {
  readonly #statement: string
  readonly #rows: Buffer
  readonly #settle: (err?: Error) => void

  constructor(statement: string, rows: Buffer, settle: (err?: Error) => void) {
    this.#statement = statement
    this.#rows = rows
    this.#settle = settle
  }

  submit(connection: Connection): void {
    connection.query(this.#statement)
  }

  handleCopyInResponse(connection: CopyingConnection): void {
    connection.sendCopyFromChunk(this.#rows)
    connection.endCopyFrom()
  }

  handleError(err: Error): void {
    this.#settle(err)
  }

  handleCommandComplete(): void {
    // The end is known when the connection is ready for the next.
  }

  handleReadyForQuery(): void {
    this.#settle()
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('the server did not answer a COPY')), ms)
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
