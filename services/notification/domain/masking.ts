/** A recipient for screens of staff: enough to recognise, too little to write to. */
export function maskRecipient(recipient: string): string {
  const at = recipient.lastIndexOf('@')
  if (at > 0) return `${recipient.slice(0, 1)}•••${recipient.slice(at)}`
  return recipient.length > 8 ? `${recipient.slice(0, 5)}•••••${recipient.slice(-2)}` : '•••'
}
