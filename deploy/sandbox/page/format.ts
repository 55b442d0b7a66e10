import { countryOf } from '../world/countries.ts'

/** `RWF 12,500`: wallets hold whole units. */
export const formatAmount = (currency: string, amount: number) => `${currency} ${amount.toLocaleString('en-GB')}`

/** `+250 788 123 456` */
export function formatNumber(msisdn: string): string {
  const [, code = '', rest = ''] = /^(\d{3})(\d+)$/.exec(msisdn) ?? []
  return `+${code} ${rest.replace(/(\d{3})(?=\d)/g, '$1 ')}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** `20 Nov, 14:03:07` on the clock of the phone's own country. */
export function formatTime(instant: Date, msisdn = ''): string {
  const { timeZone } = countryOf(msisdn)
  const format = formats.get(timeZone) ?? newFormat(timeZone)
  formats.set(timeZone, format)
  return format.format(instant)
}

const newFormat = (timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })

/** `AU` of Aline Uwase; the last two digits of a number without a name. */
export function initialsOf(name: string): string {
  if (name.startsWith('+')) return name.slice(-2)
  return name
    .split(' ')
    .map((word) => word[0] ?? '')
    .join('')
    .slice(0, 2)
    .toUpperCase()
}
