/** A phone number with its middle hidden: `+250788123456` is `+2507•••••56`. Any country's; empty stays empty. */
export function masked(phone: string): string {
  if (phone === '') return ''
  return phone.length > 8 ? `${phone.slice(0, 5)}•••••${phone.slice(-2)}` : '•••••'
}
