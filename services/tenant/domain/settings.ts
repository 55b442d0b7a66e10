/**
 * Whether a text names a time zone of the IANA database.
 *
 * Offsets such as `+02:00`, which JavaScript takes too, are refused: they know no summer time and no history.
 */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
