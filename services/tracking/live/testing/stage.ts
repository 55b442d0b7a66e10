import { create, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { type Calls, type Context, defineService, newUuidV7, refuseCall } from '#kit'
import { startSuite, type Suite, type SuiteOptions, type Who } from '#kit/testing'
import { type PositionUpdate, PositionBatchSchema, PositionUpdateSchema } from '#gen/tms/tracking/v1/position_pb.ts'
import { liveSettings, type LiveSettings } from '../config.ts'
import { feedsFor, type TicketedTrip } from '../domain/may_follow.ts'
import { parseTopic } from '../domain/topic.ts'
import { channelOf, type Feeds, openFeeds } from '../feeds.ts'
import { type LiveNode, openNode } from '../node.ts'

/** Carries the context that a node runs in; what is asked of the rest of tracking is the test's to answer. */
const carrier = defineService<Context>({ name: 'tracking', serves: [], settings: liveSettings })

export const FLEET_PERMISSION = 'tracking.fleet.read'

/** Nodes on one Redis, a company with one bus on one trip, and who holds tickets. */
export type Stage = {
  readonly suite: Suite
  readonly tenantId: string
  readonly tripId: string
  readonly busId: string
  readonly tickets: Map<string, TicketedTrip[]>
  /** What Redis has of the present, as ingest would have left it. */
  readonly present: PositionUpdate[]
  openNode(settings?: Partial<LiveSettings>): Promise<LiveNode>
  passenger(ticketed?: boolean): Promise<{ readonly userId: string; readonly token: string }>
  dispatcher(who?: Who): Promise<string>
  position(sequence: number, busId?: string): PositionUpdate
  /** Publishes positions on a topic's channel, as ingest does. */
  publish(topic: string, ...updates: PositionUpdate[]): Promise<void>
  stop(): Promise<void>
}

const id = (): string => newUuidV7(Date.now())

export async function startStage(options: SuiteOptions = {}): Promise<Stage> {
  const suite = await startSuite([carrier], false, { now: new Date().toISOString(), ...options })
  const [tenantId, tripId, busId] = [id(), id(), id()]
  const tickets = new Map<string, TicketedTrip[]>()
  const present: PositionUpdate[] = []
  const nodes: LiveNode[] = []
  const opened: Feeds[] = []
  const ctx = suite.host.runtimes.get('tracking')!.ctx as Context<Calls, LiveSettings>
  const startMs = suite.clock.now().getTime()

  return {
    suite,
    tenantId,
    tripId,
    busId,
    tickets,
    present,
    openNode: async (settings = {}) => {
      const own = { livePort: 0, liveDrainSeconds: 0, liveRecheckSeconds: 1, liveMaxPerAccount: 10_000 }
      const feeds = openFeeds({ ...ctx, readNewest: () => Promise.resolve(present) })
      opened.push(feeds)
      const node = await openNode({
        ...ctx,
        settings: { ...ctx.settings, ...own, ...settings },
        nodeId: ctx.newId(),
        feeds,
        report: () => {
          throw refuseCall('PEER_UNAVAILABLE', 'there is no ingest on this stage')
        },
        access: (wishes) =>
          Promise.resolve(
            wishes.map(({ session, topic }) =>
              feedsFor(
                topic,
                { ...session, watchesFleet: session.can(FLEET_PERMISSION) },
                { ownerTenantId: tenantId, tickets: tickets.get(session.userId) ?? [] },
              ),
            ),
          ),
      })
      nodes.push(node)
      return node
    },
    passenger: async (ticketed = true) => {
      const userId = id()
      if (ticketed) tickets.set(userId, [{ tripId, busId }])
      return { userId, token: await suite.token({ userId }) }
    },
    dispatcher: (who = {}) => suite.token({ tenantId, permissions: [FLEET_PERMISSION], ...who }),
    position: (sequence, bus = busId) =>
      create(PositionUpdateSchema, {
        tenantId,
        tripId,
        busPlate: 'RAC123A',
        position: {
          busId: bus,
          tripId,
          sequence: BigInt(sequence),
          sampleTime: timestampFromMs(startMs + sequence),
          latitudeDegrees: -1.94,
          longitudeDegrees: 30.06,
        },
      }),
    publish: async (topic, ...updates) => {
      const bytes = toBinary(PositionBatchSchema, create(PositionBatchSchema, { updates }))
      await suite.redis.publish(channelOf(parseTopic(topic)!, `${suite.namespace}:`), Buffer.from(bytes))
    },
    stop: async () => {
      for (const node of nodes) await node.stop()
      for (const feeds of opened) feeds.close()
      await suite.stop()
    },
  }
}
