import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { newUuidV7, registry } from '#kit'
import type { LiveNode } from './node.ts'
import { type End, TestClient } from './testing/client.ts'
import { RawSocket } from './testing/raw.ts'
import { type Stage, startStage } from './testing/stage.ts'

let stage: Stage
let node: LiveNode
let trip: string
let bystander: TestClient
let sequence = 0

beforeAll(async () => {
  stage = await startStage()
  node = await stage.openNode({ liveSignInSeconds: 1, liveMaxUnsigned: 5 })
  trip = `trip:${stage.tripId}`
})

afterAll(async () => {
  await stage.stop()
})

beforeEach(async () => {
  bystander = await TestClient.signedIn(node.port, (await stage.passenger()).token)
  await bystander.follow(trip)
})

/** Whatever was done to the node, everybody else goes on to see the bus. */
afterEach(async () => {
  const next = BigInt(++sequence)
  await stage.publish(trip, stage.position(sequence))
  await bystander.until('positions', ({ updates }) => updates.some(({ position }) => position?.sequence === next))
  expect(bystander.end).toBeUndefined()
  bystander.close()
})

async function passenger(format?: 'json' | 'protobuf'): Promise<TestClient> {
  return TestClient.signedIn(node.port, (await stage.passenger()).token, format)
}

describe('a socket is closed, with a code and a reason, that sends', () => {
  const cases: [string, End, (client: TestClient) => unknown][] = [
    [
      'random bytes',
      { code: 4400, reason: 'FRAME_INVALID: that is no frame of tms.live.v1.protobuf' },
      // The first byte begins a field of a type that there is not.
      ({ socket }) => socket.send(Buffer.concat([Buffer.from([0xff]), randomBytes(500)])),
    ],
    [
      'nothing',
      { code: 4400, reason: 'FRAME_INVALID: the frame asks for nothing' },
      ({ socket }) => socket.send(Buffer.alloc(0)),
    ],
    [
      'fields that nobody knows',
      { code: 4400, reason: 'FRAME_INVALID: the frame asks for nothing' },
      ({ socket }) => socket.send(Buffer.from([0xf8, 0x07, 0x01])),
    ],
    [
      'text where bytes are spoken',
      { code: 4400, reason: 'FRAME_INVALID: that is no frame of tms.live.v1.protobuf' },
      ({ socket }) => socket.send('{"ping":{}}'),
    ],
    [
      'groups within groups, without end',
      { code: 4400, reason: 'FRAME_INVALID: the frame asks for nothing' },
      ({ socket }) => socket.send(Buffer.alloc(60_000, 0x0b)),
    ],
    [
      'more than a frame may have',
      { code: 1009, reason: 'FRAME_TOO_LARGE: frames have 65536 bytes at most' },
      ({ socket }) => socket.send(Buffer.alloc(65_537)),
    ],
    [
      'a topic that is none',
      { code: 4403, reason: 'TOPIC_REFUSED: there is no such topic' },
      (client) => client.say({ case: 'subscribe', value: { topic: `trip:*` } }),
    ],
    [
      'a topic as long as a frame',
      {
        code: 4400,
        reason: 'FRAME_INVALID: REQUEST_INVALID, subscribe.topic: must be at most 100 characters',
      },
      (client) => client.say({ case: 'subscribe', value: { topic: 'trip:'.padEnd(60_000, '0') } }),
    ],
    [
      "the topic of somebody else's trip",
      { code: 4403, reason: 'TOPIC_REFUSED: this topic is not for this account' },
      (client) => client.say({ case: 'subscribe', value: { topic: `trip:${newUuidV7(1)}` } }),
    ],
    [
      "the topic of somebody else's bus",
      { code: 4403, reason: 'TOPIC_REFUSED: this topic is not for this account' },
      (client) => client.say({ case: 'subscribe', value: { topic: `bus:${newUuidV7(1)}` } }),
    ],
    [
      'the topic of a fleet',
      { code: 4403, reason: 'TOPIC_REFUSED: this topic is not for this account' },
      (client) => client.say({ case: 'subscribe', value: { topic: `company:${stage.tenantId}:fleet` } }),
    ],
    [
      'a flood',
      { code: 4429, reason: 'LIMIT_EXCEEDED: too many frames' },
      (client) => {
        for (let i = 0; i < 5_000; i++) client.say({ case: 'ping', value: {} })
      },
    ],
  ]

  test('a report whose fields break their rules, each of which is told before', async () => {
    const client = await passenger()
    const sender = { case: 'tripId' as const, value: 'no uuid' }
    client.say({ case: 'report', value: { frame: { case: 'open', value: { recordingId: 'neither', sender } } } }, 7)
    expect(await client.ended()).toEqual({
      code: 4400,
      reason: 'FRAME_INVALID: REQUEST_INVALID, report.open.recording_id: must be a valid UUID',
    })
    const told = client.frames.at(-1)
    expect(told).toMatchObject({ request: 7, frame: { case: 'invalid' } })
    expect(client.all('invalid')[0]?.fieldViolations.map(({ field }) => field)).toEqual([
      'report.open.recording_id',
      'report.open.trip_id',
    ])
  })

  test('a report of more positions than a frame may have', async () => {
    const client = await passenger()
    const positions = Array.from({ length: 1_001 }, () => ({ sequence: 1n }))
    client.say({ case: 'report', value: { frame: { case: 'report', value: { positions } } } })
    expect(await client.ended()).toEqual({
      code: 4400,
      reason: 'FRAME_INVALID: REQUEST_INVALID, report.report.positions: must contain no more than 1000 item(s)',
    })
  })

  test.each(cases)('%s', async (_, end, send) => {
    const client = await passenger()
    send(client)
    expect(await client.ended()).toEqual(end)
  })

  test('broken JSON', async () => {
    const client = await passenger('json')
    client.socket.send('{"subscribe":')
    expect(await client.ended()).toMatchObject({ code: 4400 })
  })

  test('bytes where JSON is spoken', async () => {
    const client = await passenger('json')
    client.socket.send(randomBytes(100))
    expect(await client.ended()).toMatchObject({ code: 4400 })
  })

  test('more topics than a socket may follow', async () => {
    const { userId, token } = await stage.passenger()
    const trips = Array.from({ length: 51 }, () => newUuidV7(Date.now()))
    stage.tickets.set(
      userId,
      trips.map((tripId) => ({ tripId, busId: undefined })),
    )
    const client = await TestClient.signedIn(node.port, token)
    for (const one of trips) client.say({ case: 'subscribe', value: { topic: `trip:${one}` } })
    expect(await client.ended()).toMatchObject({ code: 4429 })
    expect(client.all('subscribed')).toHaveLength(50)
  })
})

describe('a socket is closed that does not sign in:', () => {
  test('with a word that is no token', async () => {
    const client = await TestClient.open(node.port)
    client.say({ case: 'signIn', value: { token: 'let me in' } })
    expect(await client.ended()).toEqual({
      code: 4401,
      reason: 'SIGN_IN_REFUSED: TOKEN_INVALID, the access token is not valid',
    })
  })

  test('with a token that ran out', async () => {
    const client = await TestClient.open(node.port)
    client.say({ case: 'signIn', value: { token: await stage.suite.token({}, { expiresInSeconds: -1 }) } })
    expect((await client.ended()).reason).toContain('SIGN_IN_REFUSED: TOKEN_EXPIRED')
  })

  test('with a token for something else', async () => {
    const client = await TestClient.open(node.port)
    client.say({ case: 'signIn', value: { token: await stage.suite.token({}, { audience: 'mpesa' }) } })
    expect(await client.ended()).toMatchObject({ code: 4401 })
  })

  test('with the key of a partner', async () => {
    const client = await TestClient.open(node.port)
    client.say({ case: 'signIn', value: { token: await stage.suite.token({ audience: 'partner' }) } })
    expect((await client.ended()).reason).toContain('SIGN_IN_REFUSED: AUDIENCE_MISMATCH')
  })

  test('but asks for a topic first, even when its token follows', async () => {
    const client = await TestClient.open(node.port)
    client.say({ case: 'subscribe', value: { topic: trip } })
    client.say({ case: 'signIn', value: { token: (await stage.passenger()).token } })
    expect(await client.ended()).toEqual({ code: 4408, reason: 'SIGN_IN_MISSING: sign in first' })
    expect(client.frames).toEqual([])
  })

  test('and stays silent', async () => {
    const client = await TestClient.open(node.port)
    expect(await client.ended()).toMatchObject({ code: 4408 })
  })
})

describe('no socket is opened', () => {
  test('without a subprotocol of ours', async () => {
    expect((await RawSocket.open(node.port, '')).answer).toBe('HTTP/1.1 400 Bad Request')
    expect((await RawSocket.open(node.port, 'chat')).answer).toBe('HTTP/1.1 400 Bad Request')
  })

  test('for an address that holds many without signing in, until they are closed', async () => {
    const held = await Promise.all(Array.from({ length: 5 }, () => RawSocket.open(node.port)))
    expect(held.map(({ answer }) => answer)).toEqual(Array(5).fill('HTTP/1.1 101 Switching Protocols'))
    expect((await RawSocket.open(node.port)).answer).toBe('HTTP/1.1 429 Too Many Requests')
    for (const raw of held) await raw.closed()
    expect((await RawSocket.open(node.port)).answer).toBe('HTTP/1.1 101 Switching Protocols')
  })

  test('for an account that holds many', async () => {
    const strict = await stage.openNode({ liveMaxPerAccount: 2 })
    const { token } = await stage.passenger()
    const held = [await TestClient.signedIn(strict.port, token), await TestClient.signedIn(strict.port, token)]
    const third = await TestClient.open(strict.port)
    third.say({ case: 'signIn', value: { token } })
    expect(await third.ended()).toMatchObject({ code: 4429 })
    held[0]?.close()
    await vi.waitFor(async () => (await TestClient.signedIn(strict.port, token)).close())
    held[1]?.close()
    await strict.stop()
  })
})

describe('bytes that are no WebSocket end their connection only:', () => {
  test.each<[string, (raw: RawSocket) => void]>([
    ['a frame of 10 MB, at its head', (raw) => raw.frame(Buffer.alloc(10 << 20))],
    ['a frame of 2^60 bytes', (raw) => raw.bytes(Buffer.from('82ff1000000000000000aaaaaaaa', 'hex'))],
    ['reserved bits', (raw) => raw.bytes(Buffer.from('f2850000000001020304', 'hex'))],
    ['an opcode that there is not', (raw) => raw.frame(Buffer.from('x'), 0xb)],
    ['text that is no UTF-8', (raw) => raw.frame(Buffer.from('c328', 'hex'), 1)],
  ])('%s', async (_, send) => {
    const raw = await RawSocket.open(node.port)
    send(raw)
    await raw.closed()
  })
})

test('what is half a frame is waited for no longer than a sign-in', async () => {
  const raw = await RawSocket.open(node.port)
  raw.bytes(Buffer.from([0x82, 0xfe, 0xff]))
  await raw.closed()
})

test('closed sockets are counted by code, and none is left', async () => {
  const text = await registry.metrics()
  for (const code of ['FRAME_INVALID', 'TOPIC_REFUSED', 'SIGN_IN_REFUSED', 'LIMIT_EXCEEDED', 'FRAME_TOO_LARGE']) {
    expect(text).toMatch(new RegExp(`tms_live_closed_total\\{code="${code}"\\} [1-9]`))
  }
  // The bystander.
  await vi.waitFor(async () => expect(await registry.metrics()).toMatch(/^tms_live_sockets 1$/m), { timeout: 20_000 })
})
