import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { newUuidV7 } from '#kit'
import type { LiveNode } from './node.ts'
import { TestClient } from './testing/client.ts'
import { type Stage, startStage } from './testing/stage.ts'

let stage: Stage
let node: LiveNode
let trip: string
let sequence = 0

beforeAll(async () => {
  stage = await startStage()
  node = await stage.openNode()
  trip = `trip:${stage.tripId}`
})

afterAll(async () => {
  await stage.stop()
})

/** A ticket holder who follows the trip. */
async function follower(format?: 'json' | 'protobuf', on: LiveNode = node): Promise<TestClient> {
  const { token } = await stage.passenger()
  const client = await TestClient.signedIn(on.port, token, format)
  await client.follow(trip)
  return client
}

/** Moves the bus, and waits until a client sees it. */
async function drive(seenBy: TestClient): Promise<number> {
  const next = ++sequence
  await stage.publish(trip, stage.position(next))
  await seenBy.until('positions', ({ updates }) => updates.some(({ position }) => position?.sequence === BigInt(next)))
  return next
}

describe.each(['protobuf', 'json'] as const)('by %s', (format) => {
  test('a ticket holder follows the bus of the trip [S1-32, S1-51, S1-52, S2-44, S3-17, S3-64, S3-116]', async () => {
    const client = await follower(format)
    const first = await drive(client)
    const second = await drive(client)
    expect(client.sequencesOf(stage.busId).slice(-2)).toEqual([first, second])
    const [frame] = client.all('positions')
    expect(frame).toMatchObject({ feed: trip, updates: [{ busPlate: 'RAC123A', tenantId: stage.tenantId }] })
    client.close()
  })

  test('who comes later is shown where the bus is now', async () => {
    const early = await follower()
    const now = await drive(early)
    const late = await follower(format)
    expect(late.sequencesOf(stage.busId)).toEqual([now])
    early.close()
    late.close()
  })

  test('a client that asks is answered under its number, and hears no more of what it left', async () => {
    const [client, other] = [await follower(format), await follower()]
    client.say({ case: 'ping', value: {} }, 7)
    await client.until('pong')
    client.say({ case: 'unsubscribe', value: { topic: trip } }, 8)
    await client.until('unsubscribed')
    await drive(other)
    client.say({ case: 'ping', value: {} }, 9)
    await vi.waitFor(() => expect(client.frames.map(({ request }) => request)).toEqual([0, 0, 7, 8, 9]))
    client.close()
    other.close()
  })
})

test('a ticket holder gets the bus under its own name, as the trip that he rides [S2-114]', async () => {
  const { token } = await stage.passenger()
  const client = await TestClient.signedIn(node.port, token)
  expect((await client.follow(`bus:${stage.busId}`)).feeds).toEqual([trip])
  await drive(client)
  client.close()
})

test('a dispatcher sees the fleet, and every bus in it', async () => {
  const client = await TestClient.signedIn(node.port, await stage.dispatcher())
  const fleet = `company:${stage.tenantId}:fleet`
  await client.follow(fleet)
  const buses = [newUuidV7(Date.now()), newUuidV7(Date.now())]
  await stage.publish(fleet, ...buses.map((bus) => stage.position(1, bus)))
  await client.until('positions')
  expect(client.updates().map(({ position }) => position?.busId)).toEqual(expect.arrayContaining(buses))
  client.close()
})

test('a position that was overtaken is never shown', async () => {
  const client = await follower()
  const newest = await drive(client)
  await stage.publish(trip, stage.position(newest - 1), stage.position(newest))
  const next = await drive(client)
  expect(client.sequencesOf(stage.busId).filter((one) => one >= newest)).toEqual([newest, next])
  client.close()
})

test('a position reaches the sockets of every node [S1-52]', async () => {
  const second = await stage.openNode()
  const [here, there] = [await follower(), await follower('json', second)]
  const now = await drive(here)
  await vi.waitFor(() => expect(there.sequencesOf(stage.busId)).toContain(now))
  here.close()
  there.close()
  await second.stop()
})

test('a node that stops says so, closes in the end, and the next one shows where the bus is', async () => {
  const leaving = await stage.openNode({ liveDrainSeconds: 1 })
  const client = await follower('protobuf', leaving)
  const stopped = leaving.stop()
  const { reconnectAfterMs } = await client.until('draining')
  expect(reconnectAfterMs).toBeLessThan(1_000)
  await drive(client)
  await expect(TestClient.open(leaving.port)).rejects.toThrow()
  expect(await client.ended()).toEqual({ code: 1001, reason: 'GOING_AWAY: the node stops; connect again' })
  await stopped
  stage.present.push(stage.position(sequence))
  const again = await follower()
  expect(again.sequencesOf(stage.busId)).toEqual([sequence])
  again.close()
  stage.present.pop()
})

test('a node takes a port for itself', async () => {
  await expect(stage.openNode({ livePort: node.port })).rejects.toThrow(`Port ${node.port} is taken`)
})

describe('a lost connection to Redis', () => {
  test('is made again, and what was said meanwhile is shown as far as it is the newest', async () => {
    const client = await follower()
    await drive(client)
    const missed = ++sequence
    stage.present.push(stage.position(missed))
    await killListeners()
    await vi.waitFor(() => expect(client.sequencesOf(stage.busId)).toContain(missed), { timeout: 20_000 })
    stage.present.pop()
    await drive(client)
    client.close()
  })

  /** Ends the connections that this stage listens by, and no others of this Redis. */
  async function killListeners(): Promise<void> {
    const clients = String(await stage.suite.redis.call('CLIENT', 'LIST', 'TYPE', 'pubsub')).split('\n')
    const ours = clients.filter((line) => line.includes(`name=live:${stage.suite.namespace}`))
    expect(ours.length).toBeGreaterThan(0)
    for (const line of ours) await stage.suite.redis.call('CLIENT', 'KILL', 'ID', /id=(\d+)/.exec(line)?.[1] ?? '')
  }
})

describe('who is signed in', () => {
  test('goes on with a newer token, and not with that of somebody else', async () => {
    const { userId, token } = await stage.passenger()
    const client = await TestClient.signedIn(node.port, token)
    client.say({ case: 'signIn', value: { token: await stage.suite.token({ userId }) } })
    await vi.waitFor(() => expect(client.all('signedIn')).toHaveLength(2))
    client.say({ case: 'signIn', value: { token: await stage.suite.token({}) } })
    expect(await client.ended()).toMatchObject({ code: 4401 })
  })

  test('is closed when the token runs out', async () => {
    const { userId } = await stage.passenger()
    const client = await TestClient.signedIn(node.port, await stage.suite.token({ userId }, { expiresInSeconds: 2 }))
    await client.follow(trip)
    const { code, reason } = await client.ended()
    expect([code, reason.slice(0, 35)]).toEqual([4401, 'SIGN_IN_REFUSED: TOKEN_EXPIRED, the'])
  })

  test('hears no more of a trip whose ticket was given back, and of others still', async () => {
    const { userId, token } = await stage.passenger()
    const other = newUuidV7(Date.now())
    stage.tickets.set(userId, [...stage.tickets.get(userId)!, { tripId: other, busId: undefined }])
    const client = await TestClient.signedIn(node.port, token)
    await client.follow(trip)
    await client.follow(`trip:${other}`)
    stage.tickets.set(userId, [{ tripId: other, busId: undefined }])
    expect(await client.until('subscriptionEnded')).toMatchObject({ topic: trip })
    const bystander = await follower()
    const unseen = await drive(bystander)
    await stage.publish(`trip:${other}`, stage.position(1, other))
    await client.until('positions', ({ feed }) => feed === `trip:${other}`)
    expect(client.sequencesOf(stage.busId)).not.toContain(unseen)
    bystander.close()
    client.close()
  })

  test('follows the next trip of a bus when the ticket is for that one', async () => {
    const { userId, token } = await stage.passenger()
    const next = newUuidV7(Date.now())
    const client = await TestClient.signedIn(node.port, token)
    await client.follow(`bus:${stage.busId}`)
    stage.tickets.set(userId, [{ tripId: next, busId: stage.busId }])
    await client.until('subscribed', ({ feeds }) => feeds[0] === `trip:${next}`)
    const bystander = await follower()
    const unseen = await drive(bystander)
    await stage.publish(`trip:${next}`, stage.position(1, next))
    await client.until('positions', ({ feed }) => feed === `trip:${next}`)
    expect(client.sequencesOf(stage.busId)).not.toContain(unseen)
    bystander.close()
    client.close()
  })
})
