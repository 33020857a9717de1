import type { Transport } from '../bench-spec/spec.ts'
import type { Connection, ConnectionOptions } from './connection.ts'
import { createLeanConnection } from './lean-connection.ts'

/** Opens no socket yet. */
export type Connect = (options?: ConnectionOptions) => Connection

/** undici takes 60 ms to load, so it is only when it is asked for. */
export async function loadTransport(transport: Transport = 'lean'): Promise<Connect> {
  if (transport === 'lean') return createLeanConnection
  const { createUndiciConnection } = await import('./undici-connection.ts')
  return createUndiciConnection
}
