import { countryOf, type PhoneCountry, type Wallet, walletOf } from '#kit'

/** Whose operators keep their blocks to themselves: elsewhere a number takes its prefix along to another operator. */
const prefixDecides: ReadonlySet<PhoneCountry> = new Set(['RW'])

const providers: Readonly<Record<Wallet, string>> = { MTN_MOMO: 'mtn', AIRTEL_MONEY: 'airtel', MPESA: 'mpesa' }

/** The provider to propose for a number first; undefined when no wallet stands behind it. @throws {RangeError} as `countryOf` */
export function proposedProvider(phone: string): string | undefined {
  const wallet = walletOf(phone)
  return wallet && providers[wallet]
}

/**
 * Whether a number can have a provider's wallet: certain by its prefix in Rwanda (MTN 078 and 079, Airtel 072 and 073),
 * for the wallet itself to say in Kenya.
 *
 * @throws {RangeError} when it is not a mobile number in E.164
 */
export function mayHaveWallet(phone: string, provider: string): boolean {
  return !prefixDecides.has(countryOf(phone)) || proposedProvider(phone) === provider
}
