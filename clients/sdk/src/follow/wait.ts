/** Waits, until the signal is given, or a device that had no network says that it has one again. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  let stop: () => void = () => undefined
  const over = new Promise<void>((resolve) => (stop = resolve))
  const timer = setTimeout(stop, ms)
  // Other runtimes than browsers have neither the function nor the event.
  const device = globalThis as Partial<Pick<Window, 'addEventListener' | 'removeEventListener'>>
  device.addEventListener?.('online', stop)
  signal.addEventListener('abort', stop)
  await over
  clearTimeout(timer)
  device.removeEventListener?.('online', stop)
  signal.removeEventListener('abort', stop)
}
