import type { BenchDocument } from './bench-document.ts'
import { createIssue, type Issue, renderPath, type Report } from './issue.ts'
import { adviseRows, isOfRows, type KindScene, readKind } from './kind-reading.ts'
import { keepKnown } from './known.ts'
import { readWeights } from './mix-weights.ts'
import type { Kind } from './spec.ts'
import type { Tag } from './tag.ts'
import type { Tagging } from './tagging.ts'
import { checkNames } from './unique-names.ts'
import { checkWholeKeys, checkWholeLeaving, isWhole, type WholeKind } from './whole-answer.ts'

/** The kinds of a document, and what there is to be said of them. */
export interface Mixed {
  kinds: readonly Kind[]
  issues: readonly Issue[]
  warnings: readonly string[]
  /** Columns that a `column` leaves out. */
  hidden: readonly string[]
}

/** What is more than that is one kind with a column for what differs. */
const mostKinds = 64

/** Keys of the document that are of no use where each kind has its own. */
const inherited = ['body', 'stream_format', 'data_source', 'expect'] as const

/** The kinds of a mix, each with what it does not say taken from the document; `undefined` without a mix. */
export function readMix(document: Partial<BenchDocument>, given: KindScene): Mixed | undefined {
  const { mix } = document
  if (mix === undefined) return undefined
  const issues: Issue[] = []
  const warnings: string[] = []
  const hidden: string[] = []
  const add = (issue: Issue): void => {
    // What kinds have of the document is wrong for all of them.
    const place = renderPath(issue.path)
    const isKnown = issues.some(({ path, message }) => {
      return message === issue.message && renderPath(path) === place
    })
    if (!isKnown) issues.push(issue)
  }
  const report: Report = (path, message, part) => {
    add(createIssue(given.locate, path, message, part))
  }
  if (mix.length === 0 || mix.length > mostKinds) {
    const got = mix.length === 0 ? 'none' : mix.length
    report(['mix'], `must have 1 to ${mostKinds} kinds of request, got ${got}. ${example}`, 'key')
  }
  checkNames(mix, { key: 'mix', word: 'kind' }, report)
  for (const key of inherited) {
    if (document[key] === undefined || mix.some((own) => own[key] === undefined)) continue
    const message = `is that of no kind: each has its own ${key}. Remove it here, or in the kind that is to have it.`
    if (mix.length > 0) report([key], message, 'key')
  }
  const weights = readWeights(mix, report)
  const kinds = mix.map((own, index) => {
    const read = readKind(own, index, { ...given, document, report, add })
    warnings.push(...read.warnings)
    hidden.push(...read.hidden)
    return { ...read.kind, weight: weights[index] ?? 1 }
  })
  const { data_source: source, ttft_timeout, stream_format, cancel } = document
  const waits = kinds.some(({ stream }) => !isWhole(stream)) ? undefined : ttft_timeout
  checkWholeKeys(keepKnown<Partial<BenchDocument>>({ stream_format, ttft_timeout: waits }), report)
  if (kinds.some(({ stream }) => isWhole(stream))) checkWholeLeaving(cancel, report)
  if (source !== undefined && !isOfRows(source)) report(['data_source', 'type'], adviseRows(source))
  const isIdle = kinds.every(
    ({ dataset }, index) => dataset === undefined || mix[index]?.data_source,
  )
  if (source !== undefined && isIdle) {
    warnings.push('data_source: no kind without a data_source of its own uses a {{column}} of it.')
  }
  return { kinds, issues, warnings, hidden }
}

const example =
  'Write for example mix: [{ name: chat, weight: 70%, body: { … } }, { name: embed, weight: 30%, url: /v1/embeddings, body: { … } }].'

/**
 * The first kind of a mix with whole answers that an SLO with these tags is about; `undefined`: it is
 * about streams alone.
 */
export function findWhole(
  mix: readonly Kind[],
  tags: readonly Tag[],
  tagging: Tagging,
): WholeKind | undefined {
  const found = mix.find(({ name, stream }) => {
    const own: Tag = { name: 'kind', value: { kind: 'text', text: name } }
    return isWhole(stream) && tagging.exists([...tags.filter((tag) => tag.name !== 'stage'), own])
  })
  return found && { name: found.name, other: mix.find(({ stream }) => !isWhole(stream))?.name }
}
