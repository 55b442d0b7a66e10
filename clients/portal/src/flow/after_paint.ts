import { useEffect, useState } from 'react'

/** Work that the next frame does not wait for. */
export type AfterPaint = {
  /** Does it when the screen has shown what there is, in the place of what waited before. */
  readonly later: (work: () => void) => void
  /** Does what waits, if anything does, at once. */
  readonly now: () => void
}

/** Puts work off until a touch is seen. What still waits when its page is left is not done. */
export function useAfterPaint(): AfterPaint {
  const [{ stop, ...tools }] = useState(afterPaint)
  useEffect(() => stop, [stop])
  return tools
}

function afterPaint(): AfterPaint & { readonly stop: () => void } {
  let waiting: (() => void) | undefined
  const now = () => {
    const work = waiting
    waiting = undefined
    work?.()
  }
  return {
    now,
    later: (work) => {
      // A frame is painted between its own callbacks and the next task.
      if (!waiting) requestAnimationFrame(() => setTimeout(now))
      waiting = work
    },
    stop: () => (waiting = undefined),
  }
}
