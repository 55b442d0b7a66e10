/**
 * What guesses are counted against: an IPv4 address, or the /64 that a site gets of IPv6, within which a host can choose
 * a new address for every guess.
 */
export function addressScope(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = head === '' ? [] : head.split(':')
  const filled = tail === undefined ? groups : [...groups, ...Array<string>(8).fill('0')]
  return `${filled.slice(0, 4).join(':')}::/64`
}
