import { paths } from '../../app/routes.ts'
import type { Line } from '../../flow/lines.ts'
import { prefixOf } from '../../i18n/languages.ts'
import { useSpeech } from '../../i18n/texts.ts'

/** Lines as links; documents of their own, so that what stands on them comes from the server. */
export function LineList({ lines }: { readonly lines: readonly Line[] }) {
  const { t, language } = useSpeech()
  return (
    <ul className="grid gap-3 sm:grid-cols-2">
      {lines.map((line) => (
        <li key={`${line.from} ${line.to}`}>
          <a
            href={`${prefixOf(language)}${paths.line(line.from, line.to)}`}
            className="flex min-h-16 items-center justify-between gap-3 rounded-card border border-line bg-surface px-4 py-3 hover:border-field"
          >
            <span>
              <strong>
                {line.from} <span className="text-ochre">→</span> {line.to}
              </strong>
              <span className="block text-sm text-muted">{t('line.trips', { count: line.tripCount })}</span>
            </span>
            {line.fare !== '' && (
              <span className="text-right text-sm font-bold tabular-nums">{t('line.from', { fare: line.fare })}</span>
            )}
          </a>
        </li>
      ))}
    </ul>
  )
}
