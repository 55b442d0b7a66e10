import { accuracyOf, type Accuracy, type Graded } from '../../services/tracking/domain/arrivals/accuracy.ts'
import {
  calibrated,
  type Calibration,
  shareWithin,
  type Told,
  UNCALIBRATED,
} from '../../services/tracking/domain/arrivals/calibration.ts'
import { type LegHistory, type LegTime, learnt, type Plan } from '../../services/tracking/domain/arrivals/predict.ts'
import { type Replayed, roundsOf, toldOn } from '../../services/tracking/domain/arrivals/replay.ts'
import { round } from '../lib/stats.ts'
import { type Driven, findLines, type Line } from './lines.ts'
import { readRides } from './traces.ts'

type Method = 'ours' | 'timetable' | 'distanceOverSpeed'
type Run = Readonly<Record<Method, Graded[]>> & {
  readonly rides: { readonly told: readonly Told[]; readonly reach: number }[]
}

/**
 * How good predictions of arrivals are, on rides that were held back: by the four-bucket measure, beside a timetable that
 * knows the median of the other rides and the moment of departure, and beside distance over the speed so far.
 */
export function run(): Promise<object> {
  return Promise.resolve(graded())
}

function graded(): object {
  const lines = findLines(readRides())
  const made: Run = { ours: [], timetable: [], distanceOverSpeed: [], rides: [] }
  const reaches: number[] = []
  for (const fold of Map.groupBy(lines, (line) => line.fold).values()) {
    const calibration = calibrationOf(fold)
    reaches.push(calibration.reach)
    for (const line of fold) predictLine(line, calibration, made)
  }
  const grades = {
    ours: accuracyOf(made.ours),
    timetable: accuracyOf(made.timetable),
    distanceOverSpeed: accuracyOf(made.distanceOverSpeed),
  }
  print(lines, grades)
  return {
    bench: 'eta',
    score: round(grades.ours.score, 3),
    timetable_score: round(grades.timetable.score, 3),
    distance_over_speed_score: round(grades.distanceOverSpeed.score, 3),
    buckets: grades.ours.buckets.map(({ untilMinutes, count, share }) => ({
      until_minutes: untilMinutes,
      count,
      share: round(share, 3),
    })),
    ...coverage(made.rides),
    reach: round(mean(reaches), 2),
    lines: lines.length,
    known_rides: lines.reduce((sum, { known }) => sum + known.length, 0),
    held_back_rides: lines.reduce((sum, { heldBack }) => sum + heldBack.length, 0),
    predictions: made.ours.length,
  }
}

function print(lines: readonly Line[], grades: Readonly<Record<Method, Accuracy>>): void {
  for (const { shape, known, heldBack } of lines) {
    const kilometers = round(shape.meters.at(-1)! / 1_000)
    console.log(`line of ${kilometers} km: ${known.length} rides known, ${heldBack.length} held back`)
  }
  for (const [method, { score, buckets }] of Object.entries(grades)) {
    const shares = buckets.map(({ untilMinutes, share }) => `<${untilMinutes} min ${(share * 100).toFixed(0)} %`)
    console.log(`${method.padEnd(18)} ${(score * 100).toFixed(1)} %   ${shares.join('  ')}`)
  }
}

function predictLine(line: Line, calibration: Calibration, made: Run): void {
  const running = timetableOf(line.known)
  const history = historyOf(line.known, running)
  for (const driven of line.heldBack) {
    predictRide(line, driven, rideOf(line, driven, running, history, calibration.reach), made)
  }
}

/** A ride as it came in, with a timetable that knows when it left. */
function rideOf(
  { shape }: Line,
  driven: Driven,
  running: readonly number[],
  history: LegHistory,
  reach: number,
): Replayed {
  const start = driven.arrivalsMs[0]!
  const plan: Plan = { stops: shape.stops, arrivalsMs: running.map((seconds) => start + seconds * 1_000) }
  return { shape, fixes: driven.ride, plan, history, hourOf, reach }
}

/** How far bounds reach, by the known rides of all lines of a fold alone: each predicted from the others of its line. */
function calibrationOf(lines: readonly Line[]): Calibration {
  let calibration = UNCALIBRATED
  for (const line of lines) {
    for (const driven of line.known) {
      const others = line.known.filter((one) => one !== driven)
      const running = timetableOf(others)
      // The others may not have been seen at every stop.
      if (!running.every(Number.isFinite)) continue
      const ride = rideOf(line, driven, running, historyOf(others, running), calibration.reach)
      calibration = calibrated(calibration, toldOn(ride, driven.arrivalsMs))
    }
  }
  return calibration
}

/** Predicts on the way what is known only afterwards. */
function predictRide({ shape }: Line, { arrivalsMs: actual }: Driven, ride: Replayed, made: Run): void {
  const { plan, reach } = ride
  const told: Told[] = []
  made.rides.push({ told, reach })
  for (const { progress, predictions } of roundsOf(ride, actual[0]!)) {
    const { meters, timeMs } = progress
    const soFar = (meters - shape.stops[0]!) / Math.max(1, (timeMs - actual[0]!) / 1_000)
    for (const prediction of predictions) {
      const { stop } = prediction
      const actualMs = actual[stop]
      if (actualMs === undefined || actualMs <= timeMs) continue
      const grade = (predictedMs: number) => ({ madeMs: timeMs, predictedMs, actualMs })
      made.ours.push(grade(prediction.timeMs))
      told.push({ prediction, actualMs })
      made.timetable.push(grade(plan.arrivalsMs[stop]!))
      made.distanceOverSpeed.push(grade(timeMs + ((plan.stops[stop]! - meters) / Math.max(0.5, soFar)) * 1_000))
    }
  }
}

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length)

/**
 * The share of arrivals within the bounds, each ride counting once; before bounds were calibrated, and of all predictions
 * alike: one ride that rests for a day and a half makes a third of those.
 */
function coverage(rides: Run['rides']): object {
  const share = (reachOf: (ride: Run['rides'][number]) => number) =>
    mean(rides.flatMap((ride) => shareWithin(ride.told, reachOf(ride)) ?? []))
  const all = rides.flatMap(({ told, reach }) => told.map((one) => shareWithin([one], reach) ?? 0))
  return {
    within_stated_uncertainty: round(
      share(({ reach }) => reach),
      3,
    ),
    within_before_calibration: round(
      share(() => UNCALIBRATED.reach),
      3,
    ),
    within_of_all_predictions: round(mean(all), 3),
  }
}

/** Seconds from the start to each stop: the median of the known rides. */
function timetableOf(known: readonly Driven[]): number[] {
  return known[0]!.arrivalsMs.map((_, stop) => {
    const seconds = known
      .flatMap(({ arrivalsMs }) =>
        arrivalsMs[stop] === undefined ? [] : [(arrivalsMs[stop] - arrivalsMs[0]!) / 1_000],
      )
      .sort((a, b) => a - b)
    return seconds[Math.floor(seconds.length / 2)]!
  })
}

const hourOf = (timeMs: number) => new Date(timeMs).getUTCHours()

function historyOf(known: readonly Driven[], running: readonly number[]): LegHistory {
  const times = new Map<string, LegTime>()
  const learn = (key: string, seconds: number, planned: number) =>
    times.set(key, learnt(times.get(key), seconds, planned))
  for (const { arrivalsMs } of known) {
    for (let leg = 0; leg + 1 < arrivalsMs.length; leg++) {
      const [from, to] = [arrivalsMs[leg], arrivalsMs[leg + 1]]
      if (from === undefined || to === undefined) continue
      const planned = running[leg + 1]! - running[leg]!
      learn(`${leg}`, (to - from) / 1_000, planned)
      learn(`${leg} ${hourOf(from)}`, (to - from) / 1_000, planned)
    }
  }
  return (leg, hour) => ({ atHour: times.get(`${leg} ${hour}`), always: times.get(`${leg}`) })
}
