import type { BenchDocument } from './bench-document.ts'
import type { DataSource } from './dataset.ts'
import type { Report } from './issue.ts'
import type { TraceSource } from './trace-loading.ts'

type Source = NonNullable<BenchDocument['data_source']>

const ofFile: readonly string[] = ['file', 'column', 'encoding', 'shuffle', 'repeats']

/** What goes with a type, the first of it required. */
const keysOf: Readonly<Record<Source['type'], readonly string[]>> = {
  csv: ofFile,
  jsonl: ofFile,
  trace: ['file', 'format', 'speed', 'window', 'limit', 'block_tokens'],
  synthetic: [
    'input_tokens',
    'output_tokens',
    'shared_prefix',
    'groups',
    'rows',
    'shuffle',
    'repeats',
  ],
}

const examples: Readonly<Record<string, string>> = {
  file: 'file: "prompts.csv"',
  input_tokens: 'input_tokens: 512',
}

/** Whether a source has the keys of its type and no others; what is amiss is reported. */
export function checkSourceKeys(source: Source, report: Report): boolean {
  const known = keysOf[source.type]
  const given = Object.keys(source).filter((key) => key !== 'type' && !key.startsWith('x-'))
  const strange = given.filter((key) => !known.includes(key))
  for (const key of strange) {
    const others = Object.entries(keysOf).filter(([, keys]) => keys.includes(key))
    const types = others.map(([type]) => type).join(' or ')
    const message = `goes with type ${types}, not with ${source.type}. Remove it.`
    report(['data_source', key], message, 'key')
  }
  const [first = ''] = known
  const lacks = !given.includes(first)
  if (lacks) {
    const message = `the key "${first}" is required. For example ${examples[first]}.`
    report(['data_source'], message, 'key')
  }
  return strange.length === 0 && !lacks
}

/** A source that is a file; `undefined`: it is none. */
export function asFile(source: Source): DataSource | TraceSource | undefined {
  const { type, file } = source
  if (type === 'synthetic' || file === undefined) return undefined
  return type === 'trace' ? { ...source, type, file } : { ...source, type, file }
}
