import type { BenchDocument } from './bench-document.ts'
import type { DataSource, LoadedDataset } from './dataset.ts'
import type { Path, Report } from './issue.ts'
import { keepKnown } from './known.ts'
import type { Synthetic } from './spec.ts'
import { readSynthetic, sketchSynthetic } from './synthetic-source.ts'
import type { TraceSource } from './trace-loading.ts'

type Source = NonNullable<BenchDocument['data_source']>

/** A source that is a file. */
export type FileSource = DataSource | TraceSource

const ofFile: readonly string[] = ['file', 'column', 'encoding', 'shuffle', 'repeats']

/** What goes with a type, the first of it required. */
const keysOf: Readonly<Record<Source['type'], readonly string[]>> = {
  csv: ofFile,
  jsonl: ofFile,
  conversations: ['file', 'encoding', 'shuffle', 'repeats'],
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

/** What a document says of its rows. */
interface ReadSource {
  /** `undefined`: the document has no source. Of made-up rows their prompts are not yet written. */
  loaded?: LoadedDataset
  /** `undefined`: rows are not made up. */
  synthetic?: Synthetic
}

/** Reads the rows of a document, or what they are to be; what is amiss is reported. */
export function readSource(
  document: Partial<BenchDocument>,
  {
    seed,
    report,
    readData,
  }: { seed: number; report: Report; readData: (source: FileSource) => LoadedDataset },
): ReadSource {
  const { data_source: source } = document
  if (source === undefined) return {}
  checkSourceKeys(source, ['data_source'], report)
  const file = asFile(source)
  if (file !== undefined) {
    const loaded = readData(file)
    for (const { key, message } of loaded.issues) report(['data_source', key], message)
    return { loaded }
  }
  const synthetic =
    source.type === 'synthetic' ? readSynthetic(source, { seed, report }) : undefined
  const dataset = synthetic && sketchSynthetic(synthetic, document)
  const loaded = keepKnown<LoadedDataset>({ dataset, hidden: [], issues: [], warnings: [] })
  return keepKnown<ReadSource>({ loaded, synthetic })
}

/** Reports what a source lacks of the keys of its type, and keys that go with another. */
function checkSourceKeys(source: Source, path: Path, report: Report): void {
  const known = keysOf[source.type]
  const given = Object.keys(source).filter((key) => key !== 'type' && !key.startsWith('x-'))
  const strange = given.filter((key) => !known.includes(key))
  for (const key of strange) {
    const others = Object.entries(keysOf).filter(([, keys]) => keys.includes(key))
    const types = others.map(([type]) => type).join(' or ')
    const message = `goes with type ${types}, not with ${source.type}. Remove it.`
    report([...path, key], message, 'key')
  }
  const [first = ''] = known
  if (given.includes(first)) return
  const message = `the key "${first}" is required. For example ${examples[first]}.`
  report(path, message, 'key')
}

/** A source that is to be a file, at a path of its own; what is amiss is reported. `undefined`: it names none. */
export function readFileSource(source: Source, path: Path, report: Report): FileSource | undefined {
  checkSourceKeys(source, path, report)
  return asFile(source)
}

/** A source that is a file; `undefined`: it is none. */
function asFile(source: Source): FileSource | undefined {
  const { type, file } = source
  if (type === 'synthetic' || file === undefined) return undefined
  return type === 'trace' ? { ...source, type, file } : { ...source, type, file }
}
