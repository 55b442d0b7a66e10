import { formatMoney, moneyFromProto } from '#kit'
import type { Money } from '#gen/google/type/money_pb.ts'
import { timestampDate, type Timestamp } from '@bufbuild/protobuf/wkt'
import { longInstant, shortInstant } from '../domain/calendar.ts'
import { languageFor, type Language, type Texts } from '../domain/language.ts'

/** The way a message travels. */
export type Channel = 'SMS' | 'EMAIL'

/** Turns what events hold into words, for one language and channel. What an event lacks is an empty text. */
export type Say = {
  readonly language: Language
  /** `RWF 4,500`; empty for nothing and for zero. */
  readonly money: (amount: Money | undefined) => string
  /** An instant on the clocks of a zone: short in a text message, in full in a mail. */
  readonly instant: (time: Timestamp | undefined, timeZone: string) => string
  /** An address on the public site. */
  readonly link: (path: string) => string
  readonly text: (texts: Texts) => string
}

/** @param publicUrl where passengers reach the suite, without a slash at its end. */
export function sayIn(languageTag: string, channel: Channel, publicUrl: string): Say {
  const language = languageFor(languageTag)
  const write = channel === 'SMS' ? shortInstant : longInstant
  return {
    language,
    money: (amount) =>
      amount && (amount.units !== 0n || amount.nanos !== 0) ? formatMoney(moneyFromProto(amount), language) : '',
    instant: (time, timeZone) => (time ? write(timestampDate(time), timeZone, language) : ''),
    link: (path) => `${publicUrl}${path}`,
    text: (texts) => texts[language],
  }
}
