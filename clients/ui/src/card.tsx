import type { ComponentProps } from 'react'

/** A sheet of paper on the page. */
export function Card({ className = '', ...rest }: ComponentProps<'div'>) {
  return <div {...rest} className={`rounded-card border border-line bg-surface shadow-card ${className}`} />
}

/** Where something will be when it has come; keeps its place, so that nothing jumps. */
export function Skeleton({ className = '' }: { readonly className?: string }) {
  return <div aria-hidden="true" className={`animate-pulse rounded-control bg-sunken ${className}`} />
}
