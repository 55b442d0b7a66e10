import type { ReactNode } from 'react'

/** What the page is about; takes the focus when the page was reached by a link. */
export function Heading({ children }: { readonly children: ReactNode }) {
  return (
    <h1 tabIndex={-1} className="mt-6 text-3xl font-black outline-none sm:text-4xl">
      {children}
    </h1>
  )
}
