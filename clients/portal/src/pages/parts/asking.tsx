import { Notice } from '@tms/ui'
import { type ReactNode, useState } from 'react'
import { faultText } from '../../flow/faults.tsx'
import { useSpeech } from '../../i18n/texts.ts'

/** A call that a person waits for: whether it is under way, and why it failed. */
export function useAsking() {
  const [isBusy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  async function ask(work: () => Promise<unknown>): Promise<void> {
    setBusy(true)
    setFailed(undefined)
    try {
      await work()
    } catch (err) {
      setFailed(err)
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, failed, ask }
}

/** A form that judges its fields by itself, and tells why its call failed. */
export function AskForm({
  submit,
  failed,
  children,
}: {
  readonly submit: () => void
  readonly failed: unknown
  readonly children: ReactNode
}) {
  const { t } = useSpeech()
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {failed !== undefined && <Notice tone="bad" title={faultText(t, failed)} />}
      {children}
    </form>
  )
}
