import { useQuery } from '@connectrpc/connect-query'
import { AuthService } from '@tms/sdk/passenger'
import { Card, Skeleton } from '@tms/ui'
import { Link } from 'wouter'
import { type PageModule, type PageProps, paths } from '../app/routes.ts'
import { connected } from '../flow/connected.tsx'
import { LoadFault } from '../flow/faults.tsx'
import { useWho } from '../flow/who.ts'
import { useSpeech } from '../i18n/texts.ts'
import { CodeSignIn } from './parts/code_sign_in.tsx'
import { Heading } from './parts/heading.tsx'
import { PasswordReset } from './parts/password_reset.tsx'
import { PasswordSignIn } from './parts/password_sign_in.tsx'
import { ProfileForm } from './parts/profile_form.tsx'
import { SignUp } from './parts/sign_up.tsx'

export const title: PageModule['title'] = (t) => t('title.account')

export const Page = connected(AccountPage)

function AccountPage({ query }: PageProps) {
  const { isKnown, who } = useWho()
  const asked = useQuery(AuthService.method.getProfile, {}, { enabled: who !== undefined, staleTime: 0 })
  const profile = asked.data?.profile
  const isWaiting = !isKnown || (who !== undefined && !profile && !asked.error)
  return (
    <div className="mx-auto grid max-w-md gap-5">
      {isWaiting && <Skeleton className="mt-6 h-96" />}
      {!isWaiting && who && asked.error && <LoadFault error={asked.error} retry={() => void asked.refetch()} />}
      {!isWaiting && who && profile && !profile.guest && (
        <ProfileForm key={profile.userId} profile={profile} refresh={() => void asked.refetch()} />
      )}
      {!isWaiting && (!who || profile?.guest === true) && (
        <SignIn way={query.get('way') ?? ''} done={() => void asked.refetch()} />
      )}
    </div>
  )
}

const WAYS = [
  { way: '', name: 'byCode', Form: CodeSignIn },
  { way: 'password', name: 'byPassword', Form: PasswordSignIn },
  { way: 'sign-up', name: 'signUp', Form: SignUp },
] as const
const RESET = { way: 'reset', name: 'reset', Form: PasswordReset } as const
const HEADINGS = { byCode: 'heading', byPassword: 'heading', signUp: 'signUp', reset: 'reset' } as const

/** For nobody, and for a guest, who keeps what was bought by making an account. */
function SignIn({ way, done }: { readonly way: string; readonly done: () => void }) {
  const { t } = useSpeech()
  const { name, Form } = [...WAYS, RESET].find((one) => one.way === way) ?? WAYS[0]
  return (
    <>
      <Heading>{t(`account.${HEADINGS[name]}`)}</Heading>
      <p className="text-muted">{t('account.lead')}</p>
      <nav aria-label={t('account.ways')}>
        <ul className="flex flex-wrap gap-x-5">
          {WAYS.map((one) => (
            <li key={one.name}>
              <Link
                href={paths.account(one.way === '' ? undefined : one.way)}
                aria-current={one.name === name ? 'page' : undefined}
                className="inline-flex min-h-12 items-center font-semibold text-brand underline underline-offset-4 aria-[current]:text-ink aria-[current]:no-underline"
              >
                {t(`account.${one.name}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Card className="p-4 sm:p-6">
        <Form done={done} />
      </Card>
    </>
  )
}
