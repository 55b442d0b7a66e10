/**
 * Our ids as Airtel takes them: letters and digits only, 25 of them, from which the id can be read back. So a callback,
 * which comes to one address for all, leads to its attempt, and a lost request can be asked about.
 */
export function airtelIdOf(uuid: string): string {
  return BigInt(`0x${uuid.replaceAll('-', '')}`)
    .toString(36)
    .toUpperCase()
    .padStart(LENGTH, '0')
}

/** Our id behind one of Airtel's; undefined when it was never made by {@link airtelIdOf}. */
export function uuidOf(airtelId: string): string | undefined {
  if (!/^[0-9A-Z]{25}$/.test(airtelId)) return undefined
  const value = [...airtelId].reduce((sum, digit) => sum * 36n + BigInt(parseInt(digit, 36)), 0n)
  const hex = value.toString(16).padStart(32, '0')
  return hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : undefined
}

/** 128 bits to the base of 36. */
const LENGTH = 25
