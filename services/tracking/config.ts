import { flag, integer, type SettingsOf } from '#kit'
import { liveSettings } from './live/config.ts'

/** What can be set from outside. */
export const settings = {
  ...liveSettings,
  reportIntervalSeconds: integer('TRACKING_REPORT_INTERVAL_SECONDS', {
    default: 5,
    min: 1,
    max: 600,
    help: 'how far apart positions are measured, unless a bus has its own interval',
  }),
  maxAgeHours: integer('TRACKING_MAX_AGE_HOURS', {
    default: 48,
    min: 1,
    max: 168,
    help: 'how long a phone may keep positions before it reports them',
  }),
  maxAheadSeconds: integer('TRACKING_MAX_AHEAD_SECONDS', {
    default: 30,
    min: 0,
    max: 600,
    help: "how far a sender's clock may be fast",
  }),
  maxAccuracyMeters: integer('TRACKING_MAX_ACCURACY_METERS', {
    default: 150,
    min: 10,
    max: 10_000,
    help: 'a position whose accuracy is lower is rejected',
  }),
  maxSpeedKmh: integer('TRACKING_MAX_SPEED_KMH', {
    default: 180,
    min: 50,
    max: 1_000,
    help: 'what no bus exceeds: positions further apart than that are jumps',
  }),
  historyDays: integer('TRACKING_HISTORY_DAYS', {
    default: 90,
    min: 8,
    max: 3_650,
    help: 'how long positions are kept',
  }),
  speedLimitKmh: integer('TRACKING_SPEED_LIMIT_KMH', {
    default: 80,
    min: 20,
    max: 200,
    help: 'what coaches may drive where no geofence says less',
  }),
  longStopMinutes: integer('TRACKING_LONG_STOP_MINUTES', {
    default: 15,
    min: 1,
    max: 600,
    help: 'a bus on its way that stands for so long away from its stops is told of',
  }),
  offlineSeconds: integer('TRACKING_OFFLINE_SECONDS', {
    default: 120,
    min: 30,
    max: 3_600,
    help: 'a bus on its way that is not heard of for so long is told of',
  }),
  feedPrivateAddresses: flag('TRACKING_FEED_PRIVATE_ADDRESSES', {
    default: false,
    help: "whether other systems' feeds may be in a private network; staff of any company choose their addresses",
  }),
  recheckSeconds: integer('TRACKING_RECHECK_SECONDS', {
    default: 5,
    min: 1,
    max: 60,
    help: 'how often it is looked whether open streams may still report',
  }),
}

export type Settings = SettingsOf<typeof settings>
