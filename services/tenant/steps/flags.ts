import { Flag } from '#gen/tms/tenant/v1/feature_flag_pb.ts'
import { type FlagName, flagNames } from '../domain/flags.ts'

/** The name of a flag that the contract lets through. */
export function flagNameOf(flag: Flag): FlagName {
  const name = flagNames.find((one) => Flag[one] === flag)
  if (!name) throw new RangeError(`flag ${String(flag)} has no default`)
  return name
}
