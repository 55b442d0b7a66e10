import type { MessageShape, DescMessage } from '@bufbuild/protobuf'
import { fill, type Values } from '../domain/fill.ts'
import { softenForSms } from '../domain/gsm7.ts'
import type { Language } from '../domain/language.ts'
import { layOutMail } from './mail_layout.ts'
import { sayIn, type Channel } from './say.ts'
import type { QrPicture, Template } from './template.ts'

/** A message as its recipient will see it. */
export type Message = {
  readonly language: Language
  /** Empty for SMS. */
  readonly subject: string
  readonly text: string
  /** Empty for SMS. */
  readonly html: string
  readonly pictures: readonly QrPicture[]
  /** The text with stars for its secrets; null when it has none. */
  readonly redactedText: string | null
}

const stars = '******'

/**
 * Writes the message that a template makes of its event.
 *
 * @param event of the type that the template names.
 * @param given values for previews, instead of the event's.
 */
export function compose(
  template: Template,
  event: MessageShape<DescMessage>,
  channel: Channel,
  languageTag: string,
  publicUrl: string,
  given: Values = {},
): Message {
  const say = sayIn(languageTag, channel, publicUrl)
  const values = oneLineEach({ ...template.values(event, say), ...given })
  const secrets = template.secrets ?? []
  const redacted = { ...values, ...Object.fromEntries(secrets.map((name) => [name, stars])) }
  const pictures = channel === 'EMAIL' ? (template.pictures?.(event) ?? []) : []
  const write = (filled: Values) => writeFor(channel, template, say.language, filled, pictures)
  return {
    language: say.language,
    ...write(values),
    pictures,
    redactedText: secrets.length > 0 ? write(redacted).text : null,
  }
}

function writeFor(
  channel: Channel,
  template: Template,
  language: Language,
  values: Values,
  pictures: readonly QrPicture[],
) {
  if (channel === 'EMAIL') return layOutMail(template, language, values, pictures)
  return { subject: '', text: softenForSms(fill(template.sms[language], values)), html: '' }
}

/** Names come from people: a line break in one must not end a header or begin a sentence of its own. */
function oneLineEach(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.replace(/\p{Cc}+/gu, ' ').trim()]),
  )
}
