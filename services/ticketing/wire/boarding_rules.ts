import type { MessageInitShape } from '@bufbuild/protobuf'
import { type Money, moneyFromProto, moneyToProto } from '#kit'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import type { BoardingRules as WireRules, BoardingRulesSchema } from '#gen/tms/ticketing/v1/boarding_pb.ts'
import { refuse } from '../errors.ts'
import type { BoardingRules } from '../store/boarding_rules.ts'

/** A company's rules as messages carry them. */
export function rulesToProto(rules: BoardingRules): MessageInitShape<typeof BoardingRulesSchema> {
  const { releaseNoShows, freeLuggagePieces, extraPieceFee, parcelFee } = rules
  return {
    ...{ releaseNoShows, freeLuggagePieces },
    extraPieceFee: extraPieceFee && moneyToProto(extraPieceFee),
    parcelFee: parcelFee && moneyToProto(parcelFee),
  }
}

/** @throws {ConnectError} FEE_INVALID */
export function rulesFromProto(rules: WireRules): BoardingRules {
  const { releaseNoShows, freeLuggagePieces, extraPieceFee, parcelFee } = rules
  return {
    ...{ releaseNoShows, freeLuggagePieces },
    extraPieceFee: feeFrom(extraPieceFee, 'extra_piece_fee'),
    parcelFee: feeFrom(parcelFee, 'parcel_fee'),
  }
}

function feeFrom(fee: WireMoney | undefined, field: string): Money | undefined {
  if (!fee) return undefined
  const read = readable(fee)
  if (read !== undefined && read.minor > 0n) return read
  const description = 'a fee is more than zero, in whole units of a known currency; leave it out to take nothing'
  const fields = [{ field: `rules.${field}`, description }]
  throw refuse('FEE_INVALID', description, { field }, { fields })
}

function readable(fee: WireMoney): Money | undefined {
  try {
    return moneyFromProto(fee)
  } catch (err) {
    if (err instanceof RangeError) return undefined
    throw err
  }
}
