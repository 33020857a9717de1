import type { Connection, ConnectionOptions } from './connection.ts'
import { createLeanConnection } from './lean-connection.ts'
import type { Transport } from './record.ts'

/** Opens no socket yet. */
export type Connect = (options?: ConnectionOptions) => Connection

/** What a load goes over: our own client, which knows no TLS, only where all its urls are plain HTTP. */
export function chooseTransport(plan: {
  requests: readonly { url: string }[]
  baseline?: readonly { url: string }[]
}): Transport {
  const all = [...plan.requests, ...(plan.baseline ?? [])]
  return all.every(({ url }) => /^http:/i.test(url)) ? 'lean' : 'undici'
}

/** undici takes 60 ms to load, so it is only when it is needed. */
export async function loadTransport(transport: Transport): Promise<Connect> {
  if (transport === 'lean') return createLeanConnection
  const { createUndiciConnection } = await import('./undici-connection.ts')
  return createUndiciConnection
}
