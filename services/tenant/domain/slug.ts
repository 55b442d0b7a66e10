/** Names in addresses that are, or may become, the platform's own. */
const reserved: ReadonlySet<string> = new Set(
  'about account admin api app assets auth billing blog docs download driver gateway health help insights login me mail operations partner pay portal pos press search signup static status support terms tickets tms www'.split(
    ' ',
  ),
)

/** Whether a slug is the platform's own; its form is a matter of the contract. */
export function isReserved(slug: string): boolean {
  return reserved.has(slug)
}
