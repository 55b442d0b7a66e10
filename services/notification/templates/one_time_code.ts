import { create } from '@bufbuild/protobuf'
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt'
import { CodePurpose } from '#gen/tms/auth/v1/code_pb.ts'
import { CodeRequestedSchema, type CodeRequested } from '#gen/tms/auth/v1/events_pb.ts'
import type { Texts } from '../domain/language.ts'
import { template, type Template } from './template.ts'
import { words } from './words.ts'

const isReset = (event: CodeRequested) => event.purpose === CodePurpose.RESET_PASSWORD

type CodeTexts = { readonly sms: Texts; readonly subject: Texts; readonly paragraphs: readonly Texts[] }

/** Both kinds of codes: the texts differ, the rest does not. */
function codeTemplate(name: string, description: string, purpose: CodePurpose, texts: CodeTexts): Template {
  return template({
    name,
    description,
    event: CodeRequestedSchema,
    when: (event) => isReset(event) === (purpose === CodePurpose.RESET_PASSWORD),
    to: ({ phone, email, language }) => ({ phone, email, language }),
    values: ({ code }) => ({ code }),
    secrets: ['code'],
    sms: texts.sms,
    mail: { subject: texts.subject, paragraphs: texts.paragraphs, facts: [{ label: words.code, value: 'code' }] },
    usefulUntil: ({ expireTime }, now) => (expireTime ? timestampDate(expireTime) : new Date(now.getTime() + 300_000)),
    isUrgent: true,
    // Somebody looks at the phone right now, and the same code twice confuses nobody.
    repeatSmsAfterSeconds: 30,
    sample: create(CodeRequestedSchema, {
      phone: '+250788000111',
      code: '482913',
      purpose,
      language: 'en',
      expireTime: timestampFromDate(new Date('2026-11-20T06:10:00Z')),
    }),
  })
}

const keepSecret: Texts = {
  en: 'It works for a few minutes. Do not share it with anyone: we never ask for it.',
  rw: 'Imara iminota mike. Ntukayihe undi muntu: ntituzigera tuyigusaba.',
  fr: 'Il est valable quelques minutes. Ne le donnez à personne : nous ne le demandons jamais.',
  sw: 'Unatumika kwa dakika chache. Usimpe mtu yeyote: hatutauomba kamwe.',
}

export const oneTimeCode = codeTemplate(
  'one-time-code',
  'A code to sign up, sign in or confirm a contact',
  CodePurpose.LOG_IN,
  {
    sms: {
      en: '{code} is your TMS code. Do not share it with anyone.',
      rw: '{code} ni kode yawe ya TMS. Ntukayihe undi muntu.',
      fr: '{code} est votre code TMS. Ne le donnez à personne.',
      sw: '{code} ni msimbo wako wa TMS. Usimpe mtu yeyote.',
    },
    subject: {
      en: 'Your TMS code',
      rw: 'Kode yawe ya TMS',
      fr: 'Votre code TMS',
      sw: 'Msimbo wako wa TMS',
    },
    paragraphs: [
      {
        en: 'Here is the code that you asked for.',
        rw: 'Dore kode mwasabye.',
        fr: 'Voici le code que vous avez demandé.',
        sw: 'Huu ndio msimbo ulioomba.',
      },
      keepSecret,
    ],
  },
)

export const passwordResetCode = codeTemplate(
  'password-reset-code',
  'A code to choose a new password',
  CodePurpose.RESET_PASSWORD,
  {
    sms: {
      en: '{code} is your code to choose a new TMS password. If you did not ask for it, do nothing.',
      rw: "{code} ni kode yo guhindura ijambo ry'ibanga rya TMS. Niba utayisabye, irengagize ubu butumwa.",
      fr: "{code} est votre code pour changer de mot de passe TMS. Si vous n'avez rien demandé, ignorez ce message.",
      sw: '{code} ni msimbo wa kubadilisha nenosiri lako la TMS. Kama hukuuomba, puuza ujumbe huu.',
    },
    subject: {
      en: 'Choose a new TMS password',
      rw: 'Guhindura ijambo ry’ibanga rya TMS',
      fr: 'Changer de mot de passe TMS',
      sw: 'Badilisha nenosiri la TMS',
    },
    paragraphs: [
      {
        en: 'With this code you can choose a new password. If you did not ask for it, do nothing: your password stays as it is.',
        rw: 'Iyi kode irabafasha guhindura ijambo ry’ibanga. Niba mutayisabye, ntimugire icyo mukora: ijambo ry’ibanga ntirihinduka.',
        fr: 'Avec ce code, vous pouvez choisir un nouveau mot de passe. Si vous n’avez rien demandé, ne faites rien : votre mot de passe ne change pas.',
        sw: 'Kwa msimbo huu unaweza kuchagua nenosiri jipya. Kama hukuuomba, usifanye chochote: nenosiri lako halitabadilika.',
      },
      keepSecret,
    ],
  },
)
