import { create } from '@bufbuild/protobuf'
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt'
import { MemberInvitedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { Texts } from '../domain/language.ts'
import { aDayLater } from './ride.ts'
import { template } from './template.ts'
import { words } from './words.ts'

const roles: Readonly<Record<string, Texts>> = {
  manager: { en: 'manager', rw: 'umuyobozi', fr: 'responsable', sw: 'meneja' },
  agent: { en: 'ticket agent', rw: 'ugurisha amatike', fr: 'agent de vente', sw: 'wakala wa tiketi' },
  conductor: { en: 'conductor', rw: 'komvayeri', fr: 'receveur', sw: 'kondakta' },
  driver: { en: 'driver', rw: 'umushoferi', fr: 'chauffeur', sw: 'dereva' },
}

export const memberInvited = template({
  name: 'member-invited',
  description: 'Somebody is invited to work for a company',
  event: MemberInvitedSchema,
  to: ({ phone, email, language }) => ({ phone, email, language }),
  values: (event, say) => {
    const role = roles[event.role]
    return {
      company: event.tenantName,
      role: role ? say.text(role) : event.role,
      link: say.link(`/invitations/${encodeURIComponent(event.token)}`),
    }
  },
  // Whoever has the link can accept.
  secrets: ['link'],
  sms: {
    en: '{company} invites you to work with them on TMS as {role}. Accept: {link}',
    rw: '{company} iragutumira gukorana nayo kuri TMS nka {role}. Emeza: {link}',
    fr: '{company} vous invite à travailler avec elle sur TMS comme {role}. Accepter : {link}',
    sw: '{company} inakualika kufanya kazi nayo kwenye TMS kama {role}. Kubali: {link}',
  },
  mail: {
    subject: {
      en: '{company} invites you to TMS',
      rw: '{company} iragutumira kuri TMS',
      fr: '{company} vous invite sur TMS',
      sw: '{company} inakualika kwenye TMS',
    },
    paragraphs: [
      {
        en: '{company} invites you to work with them on TMS as {role}.',
        rw: '{company} iragutumira gukorana nayo kuri TMS nka {role}.',
        fr: '{company} vous invite à travailler avec elle sur TMS comme {role}.',
        sw: '{company} inakualika kufanya kazi nayo kwenye TMS kama {role}.',
      },
      {
        en: 'If you do not know this company, do nothing.',
        rw: 'Niba utazi iki kigo, ntugire icyo ukora.',
        fr: 'Si vous ne connaissez pas cette compagnie, ne faites rien.',
        sw: 'Kama huijui kampuni hii, usifanye chochote.',
      },
    ],
    button: { label: words.accept, value: 'link' },
  },
  usefulUntil: ({ expireTime }, now) => (expireTime ? timestampDate(expireTime) : aDayLater(now)),
  // The same invitation twice does no harm; without one, the person waits in vain.
  repeatSmsAfterSeconds: 600,
  sample: create(MemberInvitedSchema, {
    tenantName: 'Ikivu Coaches',
    phone: '+250788000111',
    role: 'driver',
    token: 'a1b2c3d4',
    language: 'en',
    expireTime: timestampFromDate(new Date('2026-11-27T06:00:00Z')),
  }),
})
