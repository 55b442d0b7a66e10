import {
  connect,
  type ConnectionOptions,
  type JetStreamClient,
  type JetStreamManager,
  nanos,
  type NatsConnection,
} from 'nats'
import { RetentionPolicy, StorageType } from 'nats'
import { UserError } from '../user_error.ts'
import type { NewEvent } from './outbox.ts'

/** JetStream forgets what is older; the outbox keeps as long, and fills a wiped stream again. */
export const RETENTION_DAYS = 7
/** A second publish of the same event within this time is dropped by the server. */
const DUPLICATE_WINDOW_MS = 120_000

/** The connection of this process to JetStream, and the names things have there. */
export type Bus = {
  readonly connection: NatsConnection
  readonly jetstream: JetStreamClient
  readonly manager: JetStreamManager
  /** Subject of an event: `tms.<service>.v1.<Event>.<tenant>`; the tenant of a platform event is `platform`. */
  readonly subjectOf: (typeName: string, tenantId: string) => string
  /** Subject that matches an event of every tenant. */
  readonly filterOf: (typeName: string) => string
  /** Name of the stream that holds a service's events. */
  readonly streamOf: (service: string) => string
  /** Name of a durable consumer. */
  readonly durableOf: (service: string, consumer: string) => string
  /** Creates a service's stream when it is missing; tells when it was created. */
  readonly ensureStream: (service: string) => Promise<string>
  /** Hands one event to JetStream and waits until it is stored. */
  readonly publish: (event: NewEvent) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Connects to NATS.
 *
 * @param namespace parts suites that share a server, e.g. those of tests; empty for the one suite of a machine
 * @throws {UserError} when the server cannot be reached or has no JetStream
 */
export async function openBus(natsUrl: string, namespace: string): Promise<Bus> {
  const options: ConnectionOptions = { servers: natsUrl, name: 'tms', maxReconnectAttempts: -1, reconnectTimeWait: 250 }
  const connection = await connect(options).catch(() => {
    throw new UserError('NATS does not answer at NATS_URL: start it with -js, or unset the variable to use our own.')
  })
  const manager = await connection.jetstreamManager().catch(async () => {
    await connection.close()
    throw new UserError('NATS runs without JetStream: start nats-server with -js.')
  })
  const jetstream = connection.jetstream({ timeout: 5_000 })
  const prefix = namespace === '' ? '' : `${namespace}.`
  const streamPrefix = namespace === '' ? '' : `${namespace.toUpperCase()}_`

  const bus: Bus = {
    connection,
    jetstream,
    manager,
    subjectOf: (typeName, tenantId) => `${prefix}${typeName}.${tenantId === '' ? 'platform' : tenantId}`,
    filterOf: (typeName) => `${prefix}${typeName}.*`,
    streamOf: (service) => `${streamPrefix}${service.toUpperCase()}`,
    durableOf: (service, consumer) => `${service}-${consumer}`,
    ensureStream: async (service) => {
      const info = await manager.streams.add({
        name: bus.streamOf(service),
        subjects: [`${prefix}tms.${service}.v1.>`],
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        max_age: nanos(RETENTION_DAYS * 86_400_000),
        duplicate_window: nanos(DUPLICATE_WINDOW_MS),
      })
      return info.created
    },
    publish: async (event) => {
      await jetstream.publish(event.subject, event.envelope, { msgID: event.eventId })
    },
    close: () => connection.close(),
  }
  return bus
}
