import type { JunitMode } from '../run/artifacts.ts'
import { UsageError } from './command.ts'

/** The value of `--junit`. */
export function junitOf(text: string): JunitMode {
  if (text === 'rich' || text === 'strict') return text
  throw new UsageError(`--junit must be rich or strict, got '${text}'`)
}
