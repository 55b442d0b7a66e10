import { moneyFromProto } from '#kit'
import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import {
  AgeGroup as WireAge,
  type PriceRule as WireRule,
  PriceRule_Kind,
  Residency as WireResidency,
  SalesChannel as WireChannel,
  type SalesTerms as WireTerms,
} from '#gen/tms/company/v1/sales_terms_pb.ts'
import {
  type AgeGroup,
  defaultTerms,
  type Effect,
  type PriceRule,
  type Residency,
  type SalesChannel,
  type SalesTerms,
} from '../domain/sales_terms.ts'
import { classFromProto } from './classes.ts'

/**
 * A company's terms as its event tells them. What it leaves open is as for a company that has set none.
 *
 * @throws {RangeError} when they hold a value that is not known here: then they are told, not guessed
 */
export function termsFromProto({ version, terms }: WireTerms): SalesTerms {
  if (!terms) throw new RangeError('terms without terms')
  const { refundBands, changeBands } = terms
  return {
    version,
    rules: terms.priceRules.map(ruleFrom),
    stepMinor: minorOf(terms.priceStep),
    refundBands:
      refundBands.length === 0
        ? defaultTerms.refundBands
        : refundBands.map(({ hoursBefore, refundBasisPoints }) => ({
            hoursBefore,
            basisPoints: BigInt(refundBasisPoints),
          })),
    changeBands:
      changeBands.length === 0
        ? defaultTerms.changeBands
        : changeBands.map(({ hoursBefore, feeBasisPoints, feePerPassenger }) => ({
            hoursBefore,
            basisPoints: BigInt(feeBasisPoints),
            perPassengerMinor: minorOf(feePerPassenger),
          })),
    openTicketDays: terms.openTicketDays,
    levels: terms.protectionLevels.map(({ levelCode, name, discountBasisPoints, protectedPercent }) => ({
      ...{ code: levelCode, name, protectedPercent },
      discountBasisPoints: BigInt(discountBasisPoints),
    })),
  }
}

function ruleFrom(rule: WireRule): PriceRule {
  const { name, group, fromStopId, toStopId, firstDate, lastDate, weekdays } = rule
  return {
    ...{ code: rule.ruleCode, name, group, fromStopId, toStopId, firstDate, lastDate, weekdays },
    kind: rule.kind === PriceRule_Kind.FEE ? 'FEE' : 'FARE',
    seatClasses: rule.seatClasses.map((one) => known(classFromProto(one))),
    channels: rule.channels.map((one) => known(channelFromProto(one))),
    ageGroups: rule.ageGroups.map((one) => known(ageGroups[one])),
    residencies: rule.residencies.map((one) => known(residencies[one])),
    effect: effectFrom(rule.effect),
  }
}

function effectFrom(effect: WireRule['effect']): Effect {
  switch (effect.case) {
    case 'percentBasisPoints':
      return { kind: 'PERCENT', basisPoints: BigInt(effect.value) }
    case 'amount':
      return { kind: 'AMOUNT', minor: minorOf(effect.value) }
    case 'fixedPrice':
      return { kind: 'FIXED', minor: minorOf(effect.value) }
    default:
      throw new RangeError('a price rule without an effect that is known here')
  }
}

function minorOf(amount: WireMoney | undefined): bigint {
  return amount ? moneyFromProto(amount).minor : 0n
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('terms hold a value that is not known here')
  return value
}

const channels: Readonly<Record<number, SalesChannel>> = {
  [WireChannel.WEB]: 'WEB',
  [WireChannel.COUNTER]: 'COUNTER',
  [WireChannel.AGENT]: 'AGENT',
}
const ageGroups: Readonly<Record<number, AgeGroup>> = {
  [WireAge.ADULT]: 'ADULT',
  [WireAge.CHILD]: 'CHILD',
  [WireAge.STUDENT]: 'STUDENT',
  [WireAge.SENIOR]: 'SENIOR',
}
const residencies: Readonly<Record<number, Residency>> = {
  [WireResidency.RESIDENT]: 'RESIDENT',
  [WireResidency.VISITOR]: 'VISITOR',
}

/** A way of selling from a message; undefined when it states none. */
export function channelFromProto(wire: WireChannel): SalesChannel | undefined {
  return channels[wire]
}

/** Who travels, from a message; of whom nothing is said is an adult. */
export function travellerFromProto(one: { readonly ageGroup: WireAge; readonly residency: WireResidency }) {
  return { ageGroup: ageGroups[one.ageGroup] ?? ('ADULT' as const), residency: residencies[one.residency] }
}

/** Who travels, for a message. */
export function travellerToProto(one: { readonly ageGroup: AgeGroup; readonly residency: Residency | undefined }) {
  return { ageGroup: WireAge[one.ageGroup], residency: WireResidency[one.residency ?? 'UNSPECIFIED'] }
}

/** A way of selling, for a message. */
export function channelToProto(channel: SalesChannel): WireChannel {
  return WireChannel[channel]
}
