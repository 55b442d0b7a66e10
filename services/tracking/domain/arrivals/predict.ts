/** How long legs take, learnt from trips that were driven: mean and spread of the seconds from stop to stop. */
export type LegTime = { readonly count: number; readonly mean: number; readonly variance: number }

/** What is known of the legs of a trip; undefined where nothing is. */
export type LegHistory = (leg: number, hour: number) => LegKnowledge | undefined

/** What is known of a leg: at that hour of the day, and at any. */
export type LegKnowledge = { readonly atHour: LegTime | undefined; readonly always: LegTime | undefined }

/** A trip as it is planned: leg i runs from stop i to stop i + 1. */
export type Plan = {
  /** Metres along the way to each stop. */
  readonly stops: readonly number[]
  /** When it should arrive at each stop, in milliseconds; at the first, when it should leave. */
  readonly arrivalsMs: readonly number[]
}

/** What a bus did so far. */
export type Driven = {
  readonly meters: number
  readonly timeMs: number
  /** Metres per second lately; undefined when not known. */
  readonly speed: number | undefined
  /** When it reached each stop; undefined for those that it did not come to, or was not seen at. */
  readonly arrivalsMs: readonly (number | undefined)[]
}

/** When a bus will be at a stop. */
export type Prediction = {
  readonly stop: number
  readonly timeMs: number
  /** Eight arrivals in ten are between these two. */
  readonly earlyMs: number
  readonly lateMs: number
  /** What they are around, and one standard deviation by what is known of the legs. */
  readonly middleMs: number
  readonly deviationMs: number
}

/** So many trips weigh as much as the timetable, and those of all hours as much as those of one. */
const TIMETABLE_WEIGHT = 2
const ALWAYS_WEIGHT = 4
/** Spread of a leg of which nothing is known, as a share of its time. */
const USUAL_SPREAD = 0.25
/** How much of the spread of legs a trip shares: who is late on one is late on the next. */
const SHARED_SPREAD = 0.8
/** The pace of a trip counts in full when it is known over so much time. */
const PACE_SECONDS = 1_200
/** How far ahead the speed of this minute counts, in seconds. */
const SPEED_REACH = 75
/** Spread that is always there: where exactly a stop begins, and how old the last position is. */
const LEAST_SPREAD_SECONDS = 25
/** In standard deviations, by how much the time told is before the middle: waiting costs a minute, a missed bus the trip. */
const EARLINESS = 0.5
/** Standard deviations that hold four fifths of a normal distribution, on both sides: how far bounds reach at first. */
export const Z80 = 1.2816

/**
 * When a bus will be at the stops that it has not come to.
 *
 * Each leg's time is what it took other trips at that hour, leaning on all hours and on the timetable while those are few.
 * That is stretched by how this trip has kept to it so far, and over the next metres by how fast the bus is now.
 *
 * @param hourOf hour of the day of an instant, in the zone of the trip
 * @param reach how many deviations the bounds are from the middle, see `calibration.ts`
 */
export function predictArrivals(
  plan: Plan,
  driven: Driven,
  history: LegHistory,
  hourOf: (timeMs: number) => number,
  reach = Z80,
): Prediction[] {
  const pace = paceOf(plan, driven, history, hourOf)
  const predictions: Prediction[] = []
  let [seconds, ownVariance, spread] = [0, 0, 0]
  for (let stop = 1; stop < plan.stops.length; stop++) {
    const [from, to] = [plan.stops[stop - 1]!, plan.stops[stop]!]
    if (to <= driven.meters || driven.arrivalsMs[stop] !== undefined) continue
    const usual = legTime(plan, stop - 1, history, hourOf(driven.timeMs + seconds * 1_000))
    const share = to > from ? Math.min(1, (to - Math.max(from, driven.meters)) / (to - from)) : 1
    const meters = to - Math.max(from, driven.meters)
    seconds += legSeconds(usual.mean * share * pace, meters, seconds, driven.speed)
    ownVariance += usual.variance * share
    spread += Math.sqrt(usual.variance) * share
    const shared = (1 - SHARED_SPREAD) * ownVariance + SHARED_SPREAD * spread ** 2
    const deviation = Math.sqrt(shared + LEAST_SPREAD_SECONDS ** 2)
    predictions.push(predictionAt(stop, driven.timeMs, { seconds, deviation, reach }))
  }
  return predictions
}

type Expected = { readonly seconds: number; readonly deviation: number; readonly reach: number }

function predictionAt(stop: number, nowMs: number, { seconds, deviation, reach }: Expected): Prediction {
  const at = (later: number) => Math.round(nowMs + Math.max(0, later) * 1_000)
  return {
    stop,
    timeMs: at(seconds - EARLINESS * Math.min(deviation, seconds / 4)),
    earlyMs: at(seconds - reach * deviation),
    lateMs: at(seconds + reach * deviation),
    middleMs: at(seconds),
    deviationMs: Math.round(deviation * 1_000),
  }
}

/** Near the bus its own speed knows best; further on the habit of the road does. */
function legSeconds(usual: number, meters: number, ahead: number, speed: number | undefined): number {
  if (speed === undefined || usual <= 0) return usual
  const usualSpeed = meters / usual
  // A bus that stands drives on: never slower than a third, never faster than half as fast again.
  const now = Math.min(usualSpeed * 1.5, Math.max(usualSpeed / 3, speed))
  const reach = Math.max(0, SPEED_REACH - ahead)
  const near = Math.min(meters, now * reach)
  return near / (now / 2 + usualSpeed / 2) + (meters - near) / usualSpeed
}

/** How much longer than usual this trip takes, from the legs that it has driven. */
function paceOf(plan: Plan, driven: Driven, history: LegHistory, hourOf: (timeMs: number) => number): number {
  let [took, usual] = [0, 0]
  for (let leg = 0; leg + 1 < plan.stops.length; leg++) {
    const [from, to] = [driven.arrivalsMs[leg], driven.arrivalsMs[leg + 1]]
    if (from === undefined || to === undefined) continue
    const { mean } = legTime(plan, leg, history, hourOf(from))
    took += credible((to - from) / 1_000, mean)
    usual += mean
  }
  const pace = (took + PACE_SECONDS) / (usual + PACE_SECONDS)
  return Math.min(2, Math.max(0.5, pace))
}

/** What a leg usually takes, in seconds. */
function legTime({ arrivalsMs }: Plan, leg: number, history: LegHistory, hour: number): LegTime {
  const planned = Math.max(1, (arrivalsMs[leg + 1]! - arrivalsMs[leg]!) / 1_000)
  const timetable = { count: TIMETABLE_WEIGHT, mean: planned, variance: (planned * USUAL_SPREAD) ** 2 }
  const known = history(leg, hour)
  const always = known?.always ? blended(timetable, known.always) : timetable
  if (!known?.atHour) return always
  return blended({ ...always, count: ALWAYS_WEIGHT }, known.atHour)
}

function blended(a: LegTime, b: LegTime): LegTime {
  const count = a.count + b.count
  const mean = (a.mean * a.count + b.mean * b.count) / count
  const apart = (a.count * b.count * (a.mean - b.mean) ** 2) / count ** 2
  const variance = (a.variance * a.count + b.variance * b.count) / count + apart
  return { count, mean, variance }
}

/** A leg that took far longer was a rest or a breakdown, a far shorter one an error: neither says how long the next takes. */
const CREDIBLE = 2.5

function credible(seconds: number, usual: number): number {
  return Math.min(usual * CREDIBLE, Math.max(usual / CREDIBLE, seconds))
}

/**
 * What is known of a leg after another trip has driven it. (Welford's way, kept as a variance.)
 *
 * @param planned what the timetable says, in seconds; the first trip is measured by it
 */
export function learnt(before: LegTime | undefined, took: number, planned: number): LegTime {
  const seconds = credible(took, before?.mean ?? planned)
  if (!before) return { count: 1, mean: seconds, variance: (seconds * USUAL_SPREAD) ** 2 }
  const count = before.count + 1
  const off = seconds - before.mean
  const mean = before.mean + off / count
  return { count, mean, variance: before.variance + (off * (seconds - mean) - before.variance) / count }
}
