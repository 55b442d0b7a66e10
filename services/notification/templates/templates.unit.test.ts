import { describe, expect, test } from 'vitest'
import { namesIn } from '../domain/fill.ts'
import { sizeOf } from '../domain/gsm7.ts'
import { languages, type Texts } from '../domain/language.ts'
import { compose } from './compose.ts'
import { templates } from './index.ts'
import { sayIn } from './say.ts'
import { words } from './words.ts'

const publicUrl = 'https://tms.rw'

/** Every set of texts of a template, with where it stands. */
function textsOf({ sms, mail }: (typeof templates)[number]): [string, Texts][] {
  const labels = [...(mail.facts ?? []), ...(mail.button ? [mail.button] : [])].map(({ label }) => label)
  return [
    ['sms', sms],
    ['subject', mail.subject],
    ...mail.paragraphs.map((texts, i): [string, Texts] => [`paragraph ${i + 1}`, texts]),
    ...labels.map((texts, i): [string, Texts] => [`label ${i + 1}`, texts]),
  ]
}

test('names are unique and in order', () => {
  const names = templates.map(({ name }) => name)
  expect(names).toEqual([...new Set(names)].sort())
})

describe.each(templates.map((template) => [template.name, template] as const))('%s', (_, template) => {
  const known = template.values(template.sample, sayIn('en', 'SMS', publicUrl))

  test('is written in every language, with no text forgotten or copied from another [S3-37] [S3-38] [S3-39]', () => {
    for (const [where, texts] of textsOf(template)) {
      const all = languages.map((language) => texts[language].trim())
      expect(
        all.every((text) => text !== ''),
        where,
      ).toBe(true)
      if (!where.startsWith('label')) expect(new Set(all).size, where).toBe(languages.length)
    }
  })

  test('asks in every language for the same values, and only for those that its event has', () => {
    for (const [where, texts] of textsOf(template)) {
      const asked = languages.map((language) => [...new Set(namesIn(texts[language]))].sort())
      for (const names of asked) expect(names, where).toEqual(asked[0])
      expect(Object.keys(known)).toEqual(expect.arrayContaining(asked[0] ?? []))
    }
    for (const fact of template.mail.facts ?? []) expect(known).toHaveProperty(fact.value)
  })

  test.each(languages)('fits two parts of GSM-7 in %s', (language) => {
    const { text } = compose(template, template.sample, 'SMS', language, publicUrl)
    expect(text).not.toMatch(/[{}[\]]|undefined/)
    expect(sizeOf(text), text).toMatchObject({ isGsm7: true })
    expect(sizeOf(text).segments, text).toBeLessThanOrEqual(2)
  })

  test.each(languages)('is a mail in %s that says the same as HTML and as text', (language) => {
    const { subject, text, html } = compose(template, template.sample, 'EMAIL', language, publicUrl)
    expect(subject + text + html).not.toMatch(/\{\w+\}|\[ |undefined/)
    expect(html).toContain(`<html lang="${language}">`)
    expect(subject).not.toBe('')
    expect(text.split('\n').every((line) => line.length < 998)).toBe(true)
  })

  test('shows stars for its secrets once it is sent, and has none in a subject', () => {
    for (const name of template.secrets ?? []) {
      const secret = known[name] ?? ''
      const { subject, redactedText } = compose(template, template.sample, 'EMAIL', 'en', publicUrl)
      expect(subject).not.toContain(secret)
      expect(redactedText).not.toContain(secret)
      expect(redactedText).toContain('******')
    }
  })
})

test.each(Object.entries(words))('the word "%s" is there in every language', (_, texts: Texts) => {
  expect(languages.every((language) => texts[language] !== '')).toBe(true)
})
