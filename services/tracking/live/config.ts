import { integer, list, type SettingsOf, text } from '#kit'

/** Settings of the node that sockets connect to. */
export const liveSettings = {
  liveHost: text('TRACKING_LIVE_HOST', { default: '127.0.0.1', help: 'address that sockets connect to' }),
  livePort: integer('TRACKING_LIVE_PORT', { default: 8001, min: 0, max: 65_535, help: 'port of WebSockets' }),
  liveUrls: list('TRACKING_LIVE_URLS', {
    default: [],
    help: 'where clients find the nodes, e.g. wss://live.tms.rw/live; by default the address above',
  }),
  liveMaxSockets: integer('TRACKING_LIVE_MAX_SOCKETS', {
    default: 10_000,
    min: 1,
    help: 'sockets that one node takes',
  }),
  liveMaxUnsigned: integer('TRACKING_LIVE_MAX_UNSIGNED_PER_ADDRESS', {
    default: 100,
    min: 1,
    help: 'sockets of one address that have not signed in yet; raise it behind a proxy',
  }),
  liveMaxPerAccount: integer('TRACKING_LIVE_MAX_PER_ACCOUNT', {
    default: 20,
    min: 1,
    help: 'sockets of one account on one node',
  }),
  liveMaxFrameBytes: integer('TRACKING_LIVE_MAX_FRAME_BYTES', {
    default: 65_536,
    min: 4_096,
    max: 1_048_576,
    help: 'largest frame that is read',
  }),
  liveMaxBufferBytes: integer('TRACKING_LIVE_MAX_BUFFER_BYTES', {
    default: 131_072,
    min: 16_384,
    help: 'what may wait for one slow socket before it is given the newest positions only',
  }),
  liveFramesPerSecond: integer('TRACKING_LIVE_FRAMES_PER_SECOND', {
    default: 20,
    min: 1,
    help: 'frames that one socket may send',
  }),
  liveIdleSeconds: integer('TRACKING_LIVE_IDLE_SECONDS', {
    default: 60,
    min: 8,
    max: 960,
    help: 'how long a socket may be silent; it is pinged before',
  }),
  liveSignInSeconds: integer('TRACKING_LIVE_SIGN_IN_SECONDS', {
    default: 5,
    min: 1,
    max: 60,
    help: 'how long a socket may take to sign in',
  }),
  liveRecheckSeconds: integer('TRACKING_LIVE_RECHECK_SECONDS', {
    default: 5,
    min: 1,
    max: 60,
    help: 'how often tokens and tickets of open sockets are looked at again',
  }),
  liveDrainSeconds: integer('TRACKING_LIVE_DRAIN_SECONDS', {
    default: 3,
    min: 0,
    max: 600,
    help: 'how long a stopping node lets its sockets find another',
  }),
}

export type LiveSettings = SettingsOf<typeof liveSettings>
