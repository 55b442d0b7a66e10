import type { ComponentProps } from 'react'

type Kind = 'main' | 'quiet' | 'plain'

const KINDS: Record<Kind, string> = {
  main: 'bg-brand text-on-brand hover:bg-brand-strong shadow-card',
  quiet: 'bg-surface text-ink border border-line hover:border-field',
  plain: 'text-brand underline-offset-4 hover:underline',
}

/** What buttons and links that look like them wear: at least 48 pixels high, for thumbs. */
export function buttonClass(kind: Kind = 'main', extra = ''): string {
  const base = 'inline-flex min-h-12 items-center justify-center gap-2 rounded-control px-5 text-base font-semibold'
  return `${base} transition-colors disabled:opacity-60 disabled:cursor-not-allowed ${KINDS[kind]} ${extra}`
}

/** A button; while `busy` it cannot be pressed again, and says so to screen readers. */
export function Button({
  kind = 'main',
  busy = false,
  className = '',
  disabled,
  type = 'button',
  children,
  ...rest
}: ComponentProps<'button'> & { readonly kind?: Kind; readonly busy?: boolean }) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled === true || busy}
      aria-busy={busy}
      className={buttonClass(kind, className)}
    >
      {busy && <Spinner />}
      {children}
    </button>
  )
}

/** Turns while something is under way. */
export function Spinner({ className = 'size-5' }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 24 24" className={`animate-spin ${className}`} aria-hidden="true">
      <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" strokeOpacity=".25" strokeWidth="3" />
      <path d="M21 12a9 9 0 0 0-9-9" fill="none" stroke="currentColor" strokeWidth="3" strokeLinecap="round" />
    </svg>
  )
}
