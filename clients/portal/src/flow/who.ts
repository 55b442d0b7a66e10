import type { SignedIn } from '@tms/sdk/passenger'
import { useEffect, useState } from 'react'
import { forgetPages } from '../offline/keep_page.ts'
import { forgetDrafts } from './draft.ts'
import { forgetTickets } from './kept_tickets.ts'
import { useTms } from './use_tms.ts'

/** Who is signed in, as it changes, in other tabs and by the background's refresh too; `isKnown` once that was looked up. */
export function useWho(): { readonly isKnown: boolean; readonly who: SignedIn | undefined } {
  const tms = useTms()
  const [who, setWho] = useState<SignedIn>()
  useEffect(() => {
    if (!tms) return
    setWho(tms.session.current)
    return tms.session.onChange(setWho)
  }, [tms])
  return { isKnown: tms !== undefined, who: who ?? tms?.session.current }
}

/** Phones are lent and sold: whoever signs out leaves nothing of theirs behind. */
export async function forgetPerson(): Promise<void> {
  forgetTickets()
  forgetDrafts()
  await forgetPages()
}
