/** Whether a text is the IANA name of a time zone, e.g. `Africa/Kigali`. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return /^[A-Za-z_]+(\/[A-Za-z_+\-0-9]+)*$/.test(name) // Intl also takes offsets such as +02:00
  } catch {
    return false
  }
}
