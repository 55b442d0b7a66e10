/**
 * What runs in the browser: forms post in the background, and the live regions are renewed when the sandbox says that
 * something happened. Without it every form still works, by loading the page anew.
 *
 * The page gets the text of this one function, so it must not refer to anything outside itself.
 */
export function keepPageLive(): void {
  /** What the server last sent, per region: what a person typed since then is no difference. */
  const sent = new Map([...document.querySelectorAll('[data-live]')].map((region) => [region.id, region.innerHTML]))
  let refreshing = false
  let again = false

  /** Fetches this page and renews the regions that differ, one refresh at a time. */
  async function refresh(): Promise<void> {
    if (refreshing) {
      again = true
      return
    }
    refreshing = true
    try {
      const response = await fetch(location.href)
      renew(new DOMParser().parseFromString(await response.text(), 'text/html'))
    } catch {
      // The sandbox is away: the event stream says so and tries again.
    }
    refreshing = false
    if (!again) return
    again = false
    await refresh()
  }

  function renew(fresh: Document): void {
    document.title = fresh.title
    for (const region of fresh.querySelectorAll('[data-live]')) {
      const shown = document.getElementById(region.id)
      if (!shown || sent.get(region.id) === region.innerHTML) continue
      sent.set(region.id, region.innerHTML)
      keepingInput(shown, () => shown.replaceChildren(...document.importNode(region, true).childNodes))
    }
  }

  /** Puts half-typed values, opened details and the focus back where they were. */
  function keepingInput(shown: HTMLElement, change: () => void): void {
    const focused = document.activeElement?.id ?? ''
    const typed = [...shown.querySelectorAll('input')].map((input) => [input.id, input.value] as const)
    const opened = [...shown.querySelectorAll('details')].map((details) => details.open)
    change()
    for (const [id, value] of typed) {
      const input = document.getElementById(id)
      if (input instanceof HTMLInputElement && value) input.value = value
    }
    for (const [i, details] of [...shown.querySelectorAll('details')].entries()) details.open = opened[i] ?? false
    const before = document.getElementById(focused)
    if (before && shown.contains(before)) before.focus()
  }

  function submitQuietly(event: SubmitEvent): void {
    const { target, submitter } = event
    if (!(target instanceof HTMLFormElement) || target.method !== 'post') return
    event.preventDefault()
    const fields = [...new FormData(target, submitter)].map(([name, value]) => [name, value as string])
    const action = submitter?.getAttribute('formaction') ?? target.action
    void fetch(action, { method: 'POST', body: new URLSearchParams(fields) }).then(refresh)
  }

  function followEvents(): void {
    const connection = document.getElementById('connection')
    const say = (text: string, state: string) => {
      if (connection) Object.assign(connection, { textContent: text, className: `connection ${state}` })
    }
    const events = new EventSource('/events')
    events.addEventListener('change', () => void refresh())
    events.addEventListener('open', () => say('Live', 'live'))
    events.addEventListener('error', () => say('Not connected', 'away'))
  }

  document.addEventListener('submit', submitQuietly)
  followEvents()
}
