/** What the process with the clients is told. */
export type ClientsOrder = {
  /** Opens sockets on a port; with a token it signs in and follows the topic, as a bare publisher asks for neither. */
  readonly open?: { readonly port: number; readonly count: number; readonly token: string; readonly topic: string }
}

/** What came in, over all sockets, and on the one that has least. */
export type Received = { readonly bytes: number; readonly slowest: number; readonly cpuMs: number }

/** What a publishing process is told: to publish so many more messages, or just to answer. */
export type PublishOrder = { readonly publish?: number; readonly frame?: string }

/** How a publishing process is doing. */
export type Published = { readonly port: number; readonly rss: number; readonly cpuMs: number }
