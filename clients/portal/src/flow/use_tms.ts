import type { PassengerTms } from '@tms/sdk/passenger'
import { useEffect, useState } from 'react'
import { useSpeech } from '../i18n/texts.ts'
import { tmsOf } from './tms.ts'

/** The client, once a kept session has been read; undefined on the server and for the moment before. */
export function useTms(): PassengerTms | undefined {
  const { language } = useSpeech()
  const [tms, setTms] = useState<PassengerTms>()
  useEffect(() => {
    const made = tmsOf(language)
    void made.session.ready().then(() => setTms(made))
  }, [language])
  return tms
}

/** Whether the browser has a network, as far as it knows. */
export function useIsOnline(): boolean {
  const [isOnline, setOnline] = useState(true)
  useEffect(() => {
    const look = () => setOnline(navigator.onLine)
    look()
    addEventListener('online', look)
    addEventListener('offline', look)
    return () => {
      removeEventListener('online', look)
      removeEventListener('offline', look)
    }
  }, [])
  return isOnline
}
