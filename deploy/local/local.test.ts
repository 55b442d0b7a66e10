import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { connect } from 'nats'
import postgres from 'postgres'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findServer, programFolders } from './binaries.ts'
import { freePort, startInfra, UserError, type Infra, type InfraOptions } from './index.ts'

const { PATH, REDIS_SERVER, NATS_SERVER } = process.env
const env = { PATH, REDIS_SERVER, NATS_SERVER }

let dir: string
let started: Infra[]

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tms-local-'))
  chmodSync(dir, 0o755)
  started = []
})

afterEach(async () => {
  for (const infra of started) await infra.stop()
  rmSync(dir, { recursive: true, force: true })
})

async function start(options: Partial<InfraOptions> = {}): Promise<Infra> {
  const infra = await startInfra({ dir, test: true, env, ...options })
  started.push(infra)
  return infra
}

/** Runs one statement as the superuser. */
async function query(infra: Infra, statement: string): Promise<unknown[]> {
  const sql = postgres(infra.databaseUrl, { max: 1 })
  return await sql.unsafe(statement).finally(() => sql.end())
}

async function redis<T>(infra: Infra, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(infra.redisUrl)
  return await use(client).finally(() => client.disconnect())
}

/** The servers that the folder's claim names. */
function serverPids(): number[] {
  const claim = JSON.parse(readFileSync(join(dir, 'running.json'), 'utf8')) as { servers: { pid: number }[] }
  return claim.servers.map((server) => server.pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function untilGone(pids: readonly number[]): Promise<void> {
  for (let waited = 0; pids.some(isAlive) && waited < 5000; waited += 20) await sleep(20)
}

/** Runs the servers in a process of their own, as a suite does. Resolves once they answer. */
async function suiteOn(folder: string): Promise<{ kill(signal: NodeJS.Signals): Promise<void> }> {
  const suite = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), folder], { env: env, stdio: 'pipe' })
  let printed = ''
  suite.stdout.on('data', (chunk) => (printed += String(chunk)))
  while (!printed.includes('NATS_URL') && suite.exitCode === null) await sleep(20)
  return {
    async kill(signal) {
      const exit = once(suite, 'exit')
      suite.kill(signal)
      await exit
    },
  }
}

test('PostgreSQL 15 or newer, Redis 7 or newer and JetStream answer at the addresses told [S3-20, S3-113, S3-114]', async () => {
  const infra = await start()
  expect(await query(infra, `select current_setting('server_version_num')::int >= 150000 as recent`)).toEqual([
    { recent: true },
  ])
  expect(await redis(infra, (client) => client.info('server'))).toMatch(/redis_version:(?:[7-9]|\d\d)\./)
  const nats = await connect({ servers: infra.natsUrl })
  const manager = await nats.jetstreamManager()
  expect((await manager.getAccountInfo()).streams).toBe(0)
  await nats.close()
})

test('whoever connects to PostgreSQL without the password is refused', async () => {
  const infra = await start()
  const anonymous = { ...infra, databaseUrl: infra.databaseUrl.replace(/:[^:@]+@/, '@') }
  await expect(query(anonymous, 'select 1')).rejects.toThrow(/password/)
})

test('accents fold by the rules of Unicode, whatever the locale of the machine', async () => {
  expect(await query(await start(), `select lower('ÉCOLE') as folded`)).toEqual([{ folded: 'école' }])
})

test('what was stored is there after a stop and another start [S2-57]', async () => {
  const before = await start({ test: false })
  await query(before, `create table note as select 'kept' as text`)
  await redis(before, (client) => client.set('note', 'kept'))
  await before.stop()
  const after = await start({ test: false })
  expect(await query(after, 'select text from note')).toEqual([{ text: 'kept' }])
  expect(await redis(after, (client) => client.get('note'))).toBe('kept')
})

test('a fresh start finds nothing of what was stored', async () => {
  const before = await start({ test: false })
  await query(before, 'create table note ()')
  await redis(before, (client) => client.set('note', 'old'))
  await before.stop()
  const after = await start({ test: false, fresh: true })
  expect(await query(after, `select to_regclass('note') as note`)).toEqual([{ note: null }])
  expect(await redis(after, (client) => client.dbsize())).toBe(0)
})

test('stopping leaves no process behind', async () => {
  const infra = await start()
  const pids = serverPids()
  expect(pids).toHaveLength(3)
  await infra.stop()
  expect(pids.filter(isAlive)).toEqual([])
})

test('a suite that is killed takes its servers with it, and the next start has its data', async () => {
  const suite = await suiteOn(dir)
  const pids = serverPids()
  await suite.kill('SIGKILL')
  await untilGone(pids)
  expect(pids.filter(isAlive)).toEqual([])
  expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }])
})

test('SIGTERM ends the servers of the command in order', async () => {
  const suite = await suiteOn(dir)
  const pids = serverPids()
  await suite.kill('SIGTERM')
  expect(pids.filter(isAlive)).toEqual([])
})

test('what a crash left, with the number of a process that is now another one, does not stop a start', async () => {
  await (await start()).stop()
  const another = { pid: process.pid, started: 'some other time' }
  writeFileSync(join(dir, 'running.json'), JSON.stringify({ owner: another, servers: [another] }))
  writeFileSync(join(dir, 'postgres', 'postmaster.pid'), `${process.pid}\n${join(dir, 'postgres')}\n`)
  expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a second suite on the same data is refused in one sentence', async () => {
  const first = await start()
  await expect(start({ fresh: true })).rejects.toThrow(/^the suite already runs on .*: stop that one first$/)
  expect(await query(first, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('servers given by address are used, and not stopped', async () => {
  const theirs = await start()
  const other = join(dir, 'other')
  const given = { ...env, DATABASE_URL: theirs.databaseUrl, REDIS_URL: theirs.redisUrl, NATS_URL: theirs.natsUrl }
  const ours = await start({ dir: other, env: given })
  expect(ours).toMatchObject({ databaseUrl: theirs.databaseUrl, redisUrl: theirs.redisUrl, natsUrl: theirs.natsUrl })
  await ours.stop()
  expect(await query(theirs, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a given server that does not answer is told in one sentence, and nothing is left running', async () => {
  const port = await freePort()
  const refused = start({ env: { ...env, REDIS_URL: `redis://127.0.0.1:${port}` } })
  await expect(refused).rejects.toThrow(
    new UserError(`nobody answers at 127.0.0.1:${port}: start that server, or unset REDIS_URL to have one started`),
  )
  expect(() => statSync(join(dir, 'running.json'))).toThrow(/ENOENT/)
  expect(() => statSync(join(dir, 'postgres', 'postmaster.pid'))).toThrow(/ENOENT/)
})

test.each(['redis', 'nats'] as const)('a missing %s-server is told with how to get it', async (name) => {
  const missing = findServer(name, { env: {}, folders: [dir], cache: dir })
  await expect(missing).rejects.toThrow(new RegExp(`^${name}-server is missing: .*apt-get.*brew.*docker`))
})

test('a variable that names no program is told', async () => {
  const search = { env: { REDIS_SERVER: '/nowhere/redis-server' }, folders: programFolders(PATH), cache: dir }
  await expect(findServer('redis', search)).rejects.toThrow(/REDIS_SERVER names \/nowhere\/redis-server/)
})

test.runIf(process.getuid?.() === 0)('a checkout below a folder that is closed to others works as well', async () => {
  const closed = join(dir, 'closed')
  mkdirSync(closed, { mode: 0o700 })
  const infra = await start({ dir: join(closed, 'data') })
  expect(await query(infra, 'select 1 as one')).toEqual([{ one: 1 }])
})
