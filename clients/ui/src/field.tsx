import { type ComponentProps, type ReactNode, useId } from 'react'

/** What text fields wear. */
export const inputClass =
  'min-h-12 w-full rounded-control border border-field bg-surface px-4 text-base text-ink placeholder:text-muted aria-invalid:border-bad aria-invalid:border-2'

type Given = { readonly id: string; readonly 'aria-describedby': string | undefined; readonly 'aria-invalid': boolean }

/** A labelled control with a hint or a fault beneath it, tied together for screen readers. */
export function Field({
  label,
  hint,
  fault,
  children,
}: {
  readonly label: string
  readonly hint?: string | undefined
  readonly fault?: string | undefined
  readonly children: (given: Given) => ReactNode
}) {
  const id = useId()
  const told = fault ?? hint
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold">
        {label}
      </label>
      {children({ id, 'aria-describedby': told ? `${id}-told` : undefined, 'aria-invalid': fault !== undefined })}
      {told && (
        <p id={`${id}-told`} className={`text-sm ${fault === undefined ? 'text-muted' : 'font-medium text-bad'}`}>
          {told}
        </p>
      )}
    </div>
  )
}

/** A labelled line of text. */
export function TextField({
  label,
  hint,
  fault,
  ...rest
}: ComponentProps<'input'> & {
  readonly label: string
  readonly hint?: string | undefined
  readonly fault?: string | undefined
}) {
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(given) => <input {...rest} {...given} className={inputClass} />}
    </Field>
  )
}
