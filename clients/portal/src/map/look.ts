import { useEffect, useState } from 'react'

/** Colours of the page that the map is drawn in, as they are worn now. */
export type Look = { readonly ground: string; readonly road: string; readonly edge: string; readonly stop: string }

const WORN: Readonly<Record<keyof Look, string>> = {
  ground: 'text-sunken',
  road: 'text-brand',
  edge: 'text-surface',
  stop: 'text-ochre',
}

/** The canvas knows no classes: each colour is read off an element that wears it. */
function lookOf(): Look {
  const probe = document.createElement('i')
  probe.hidden = true
  document.body.append(probe)
  const entries = Object.entries(WORN).map(([name, worn]) => {
    probe.className = worn
    return [name, getComputedStyle(probe).color] as const
  })
  probe.remove()
  return Object.fromEntries(entries) as Look
}

/** The look, and anew when somebody changes between light and dark. */
export function useLook(): Look {
  const [look, setLook] = useState(lookOf)
  useEffect(() => {
    const again = () => setLook(lookOf)
    const theme = new MutationObserver(again)
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    const device = matchMedia('(prefers-color-scheme: dark)')
    device.addEventListener('change', again)
    return () => {
      theme.disconnect()
      device.removeEventListener('change', again)
    }
  }, [])
  return look
}
