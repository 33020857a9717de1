import type { Policy } from '../bench-spec/spec.ts'
import { UsageError } from './command.ts'

export function policyOf(text: string): Policy {
  if (text === 'pr' || text === 'release' || text === 'point') return text
  throw new UsageError(`--policy must be pr, release or point, got '${text}'`)
}
