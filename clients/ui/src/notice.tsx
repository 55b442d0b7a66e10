import type { ReactNode } from 'react'

type Tone = 'info' | 'good' | 'warn' | 'bad'

const TONES: Record<Tone, string> = {
  info: 'bg-soft border-brand',
  good: 'bg-good-soft border-good',
  warn: 'bg-warn-soft border-warn',
  bad: 'bg-bad-soft border-bad',
}

/** Something to know, read out when it appears. */
export function Notice({
  tone = 'info',
  title,
  children,
}: {
  readonly tone?: Tone
  readonly title?: string
  readonly children?: ReactNode
}) {
  return (
    <div role={tone === 'bad' ? 'alert' : 'status'} className={`rounded-control border-l-4 p-4 ${TONES[tone]}`}>
      {title !== undefined && <p className="font-bold">{title}</p>}
      {children !== undefined && <div className="mt-1 grid gap-2 text-base">{children}</div>}
    </div>
  )
}
