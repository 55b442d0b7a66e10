import { Card } from '@tms/ui'
import type { PageModule, PageProps } from '../app/routes.ts'
import type { LinesData } from '../flow/lines.ts'
import { useSpeech } from '../i18n/texts.ts'
import { Heading } from './parts/heading.tsx'
import { LineList } from './parts/line_list.tsx'
import { SearchForm } from './parts/search_form.tsx'

const told = (data: unknown) => data as LinesData | undefined

export const title: PageModule['title'] = (t, { data, params }) => {
  const name = told(data)?.name
  if (name === undefined) return t('title.missing')
  return 'town' in params ? t('title.station', { town: name }) : t('title.company', { company: name })
}

/** Every line from a town, or of a company. */
export function Page({ data, params }: PageProps) {
  const { t } = useSpeech()
  const known = told(data)
  if (!known) return <Heading>{t('error.missing')}</Heading>
  const isTown = 'town' in params
  return (
    <div className="grid gap-6">
      <Heading>{isTown ? t('line.stationHeading', { town: known.name }) : known.name}</Heading>
      <Card className="p-4 sm:p-6">
        <SearchForm asked={isTown ? { from: known.name } : {}} />
      </Card>
      <LineList lines={known.lines} />
    </div>
  )
}
