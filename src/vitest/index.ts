import { requireNode } from '../version.ts'

export { secret } from '../run/marked-secrets.ts'
export { type BenchDefinition, defineBench, gte, lte, type SloBound } from './define.ts'
export { slogate as default, type SlogateOptions } from './plugin.ts'

requireNode()
