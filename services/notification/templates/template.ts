import type { DescMessage, MessageShape } from '@bufbuild/protobuf'
import type { Values } from '../domain/fill.ts'
import type { Texts } from '../domain/language.ts'
import type { Say } from './say.ts'

/** Whom an event speaks to. An empty address is no address. */
export type Recipient = { readonly phone: string; readonly email: string; readonly language: string }

/** One line of the table in a mail: `Departure   Friday 20 November 2026, 08:00`. Left out when its value is empty. */
export type Fact<Name> = { readonly label: Texts; readonly value: Name }

/** A QR symbol in a mail. */
export type QrPicture = { readonly caption: string; readonly code: string }

/** What a mail says; the layout is the same for all (sending/mail_layout.ts). */
export type MailTexts<Name> = {
  /** Holds no secret: subjects are shown on locked screens. */
  readonly subject: Texts
  readonly paragraphs: readonly Texts[]
  readonly facts?: readonly Fact<Name>[]
  /** The value is the address that the button leads to. */
  readonly button?: Fact<Name>
}

/** One kind of message, as data. */
export type TemplateSpec<D extends DescMessage, V extends Values> = {
  /** Lower case with hyphens; kept with every delivery, so it never changes. */
  readonly name: string
  readonly description: string
  /** The event that sends it. */
  readonly event: D
  /** Whether this event sends it; always, when left out. */
  readonly when?: (event: MessageShape<D>) => boolean
  readonly to: (event: MessageShape<D>) => Recipient
  /** What the recipient knows it by: the booking code. */
  readonly reference?: (event: MessageShape<D>) => string
  /** Every placeholder of the texts, as the recipient reads it. */
  readonly values: (event: MessageShape<D>, say: Say) => V
  /** Values that are not kept after sending. */
  readonly secrets?: readonly (keyof V & string)[]
  readonly sms: Texts
  readonly mail: MailTexts<keyof V & string>
  /** Pictures for the mail; a text message has a link instead. */
  readonly pictures?: (event: MessageShape<D>) => readonly QrPicture[]
  /** From then on it is of no use, and not sent any more. */
  readonly usefulUntil: (event: MessageShape<D>, now: Date) => Date
  /** True for what somebody is waiting for with the phone in hand: it overtakes the rest. */
  readonly isUrgent?: boolean
  /**
   * An SMS whose fate is unknown is sent a second time after so many seconds without a delivery report: only where a second
   * copy does less harm than none. Null: it is left to staff. (Mail is always repeated: its Message-ID tells the copies.)
   */
  readonly repeatSmsAfterSeconds: number | null
  /** An event for previews. */
  readonly sample: MessageShape<D>
}

/** A template of any event, as the rest of the service takes it. */
export type Template = TemplateSpec<DescMessage, Values>

/** Declares a template; the compiler checks its values against its event, a test its texts against its values. */
export function template<D extends DescMessage, V extends Values>(spec: TemplateSpec<D, V>): Template {
  // Only `compose` calls the functions of a template, and only with the event that the template names.
  return spec as unknown as Template
}
