/** When a key signs and when its signatures count. */
export type KeyTimes = {
  readonly keyId: string
  readonly signFromTime: Date
  /** Undefined while no successor is planned. */
  readonly signUntilTime: Date | undefined
  /** When its last token runs out. */
  readonly verifyUntilTime: Date | undefined
}

/** Times of the rotation. */
export type RotationPolicy = {
  /** A key gets a successor at this age. */
  readonly rotateAfterSeconds: number
  /** A successor is listed for this long before it signs, so that caches have it by then. */
  readonly announceSeconds: number
  /** Longest life of a token. */
  readonly tokenSeconds: number
}

/** When the successor begins, and when its predecessor leaves the list. */
export type Handover = { readonly signFromTime: Date; readonly verifyUntilTime: Date }

/** Clocks of two machines may differ by this much. */
const SKEW_SECONDS = 60

/** The key that signs now; of two, the younger. Undefined when there is none. */
export function signingKeyAt<K extends KeyTimes>(keys: readonly K[], now: Date): K | undefined {
  return keys
    .filter((key) => key.signFromTime <= now && (!key.signUntilTime || key.signUntilTime > now))
    .toSorted((a, b) => b.signFromTime.getTime() - a.signFromTime.getTime())[0]
}

/** The keys whose signatures count now, those that are yet to sign included. */
export function listedKeysAt<K extends KeyTimes>(keys: readonly K[], now: Date): K[] {
  return keys.filter((key) => !key.verifyUntilTime || key.verifyUntilTime > now)
}

/** The key that needs a successor now; undefined when none is old enough, or the successor is planned. */
export function keyToRotate<K extends KeyTimes>(keys: readonly K[], policy: RotationPolicy, now: Date): K | undefined {
  const oldest = now.getTime() - policy.rotateAfterSeconds * 1000
  return keys.find((key) => !key.signUntilTime && key.signFromTime.getTime() <= oldest)
}

/** An orderly handover: announced first, and tokens of the former key run out before it is forgotten. */
export function handoverFrom(policy: RotationPolicy, now: Date): Handover {
  const signFromTime = later(now, policy.announceSeconds)
  return { signFromTime, verifyUntilTime: later(signFromTime, policy.tokenSeconds + SKEW_SECONDS) }
}

/** A handover from a key in strange hands: it counts no more from this moment on. */
export function handoverAtOnce(now: Date): Handover {
  return { signFromTime: now, verifyUntilTime: now }
}

function later(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000)
}
