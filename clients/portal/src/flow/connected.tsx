import { TransportProvider } from '@connectrpc/connect-query'
import { QueryClientProvider } from '@tanstack/react-query'
import { type ComponentType, type ReactNode, use } from 'react'
import { type Boot, useBoot } from '../app/boot.ts'
import type { PageProps } from '../app/routes.ts'
import { type Connection, ConnectionContext, newQueryClient, sow } from './connection.ts'
import { tmsOf } from './tms.ts'

let browser: Connection | undefined

function browserConnection(boot: Boot): Connection {
  if (browser) return browser
  browser = { queryClient: newQueryClient(), transport: tmsOf(boot.language).transport }
  sow(browser, boot.seeds)
  forgetAnswersOfOthers(browser, boot)
  return browser
}

/** What somebody was told is not shown to whoever signs in after them. */
function forgetAnswersOfOthers({ queryClient }: Connection, boot: Boot): void {
  const { session } = tmsOf(boot.language)
  let before = session.current?.userId
  session.onChange((who) => {
    if (before !== undefined && before !== who?.userId) void queryClient.resetQueries()
    before = who?.userId
  })
}

/** Lets what is inside ask the suite. */
export function Connected({ children }: { readonly children: ReactNode }) {
  const boot = useBoot()
  const { queryClient, transport } = use(ConnectionContext) ?? browserConnection(boot)
  return (
    <TransportProvider transport={transport}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </TransportProvider>
  )
}

/** A page that asks the suite. Pages that do not leave the client out, and are there sooner. */
export function connected(Inner: ComponentType<PageProps>): ComponentType<PageProps> {
  return function ConnectedPage(props: PageProps) {
    return (
      <Connected>
        <Inner {...props} />
      </Connected>
    )
  }
}
