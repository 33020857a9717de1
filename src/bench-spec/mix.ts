import type { BenchDocument } from './bench-document.ts'
import type { DataSource, LoadedDataset } from './dataset.ts'
import { readExpectation } from './expectation-reading.ts'
import {
  createIssue,
  type Issue,
  type Locate,
  type Path,
  renderPath,
  type Report,
} from './issue.ts'
import { toWholeWeights } from './kind-order.ts'
import { keepKnown } from './known.ts'
import { kindKeys } from './mix-schema.ts'
import { hasControls } from './plain-text.ts'
import type { Kind, Target } from './spec.ts'
import { readStreamFormat } from './stream-format.ts'
import type { Tag } from './tag.ts'
import type { Tagging } from './tagging.ts'
import { checkHeaders, checkUrl, overlayHeaders, readTarget, toTexts } from './target.ts'
import { checkPlaceholders, type Columns, fillPlaceholders, usesDataset } from './template.ts'
import { checkWholeKeys, isWhole, type WholeKind } from './whole-answer.ts'

/** The kinds of a document, and what there is to be said of them. */
export interface Mixed {
  kinds: readonly Kind[]
  issues: readonly Issue[]
  warnings: readonly string[]
  /** Columns that a `column` leaves out. */
  hidden: readonly string[]
}

interface Given {
  /** Where files are relative to. */
  directory: string
  /** Whether a mock stands for the target. */
  hasMock: boolean
  /** Whether the schema has refused the `data_source` of the document. */
  lacksData: boolean
  locate: Locate
  readData(source: DataSource): LoadedDataset
}

type KindDocument = NonNullable<BenchDocument['mix']>[number]

/** Beyond it a share is less than a percent of the requests of most runs. */
const mostKinds = 64

/** Keys of the document that are of no use where each kind has its own. */
const inherited = ['body', 'stream_format', 'data_source', 'expect'] as const

/** The kinds of a mix, each with what it does not say taken from the document; `undefined` without a mix. */
export function readMix(document: Partial<BenchDocument>, given: Given): Mixed | undefined {
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
  checkNames(mix, report)
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
  const { data_source: source, ttft_timeout, stream_format } = document
  const waits = kinds.some(({ stream }) => !isWhole(stream)) ? undefined : ttft_timeout
  checkWholeKeys(keepKnown<Partial<BenchDocument>>({ stream_format, ttft_timeout: waits }), report)
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

function checkNames(mix: readonly KindDocument[], report: Report): void {
  for (const [index, { name }] of mix.entries()) {
    const path = ['mix', index, 'name']
    if (hasControls(name)) report(path, 'must be one line without control characters.')
    const first = mix.findIndex((other) => other.name === name)
    if (first === index) continue
    const message = `"${name}" is the name of kind ${first + 1} already. Give each a name of its own.`
    report(path, message)
  }
}

/** Whole numbers in relation to one another. */
function readWeights(mix: readonly KindDocument[], report: Report): number[] {
  const isPercent = mix.map(({ weight }) => typeof weight === 'string')
  let isSound = true
  const weights = mix.map(({ weight }, index) => {
    const path = ['mix', index, 'weight']
    const refuse = (message: string): number => {
      isSound = false
      report(path, message)
      return 1
    }
    if (isPercent[index] !== isPercent[0]) {
      const [own, others] =
        isPercent[0] === true ? ['a number', 'percents'] : ['a percent', 'numbers']
      return refuse(`is ${own}, and the weights before it are ${others}. Write all in one way.`)
    }
    const value = typeof weight === 'number' ? weight : readPercent(weight)
    if (value === undefined)
      return refuse(`must be a number or a percent, got "${weight}". Write for example 70%.`)
    if (value > 0 && value < Infinity) return value
    return refuse(
      `must be above 0, got ${weight}: a kind that is never sent is no part of a mix. Remove the kind, or give it a share.`,
    )
  })
  const sum = weights.reduce((all, weight) => all + weight, 0)
  if (isSound && isPercent[0] === true && Math.abs(sum - 100) > 1e-6) {
    const got = Number(sum.toFixed(6))
    report(
      ['mix'],
      `has weights that add up to ${got}%, not to 100%. Change one of them, or write numbers in relation to one another.`,
      'key',
    )
  }
  return weights.length === 0 ? [] : toWholeWeights(weights)
}

function readPercent(text: string): number | undefined {
  const [, number] = /^(-?\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? []
  return number === undefined ? undefined : Number(number)
}

interface KindGiven extends Given {
  document: Partial<BenchDocument>
  report: Report
  add(issue: Issue): void
}

interface ReadKind {
  kind: Kind
  warnings: readonly string[]
  hidden: readonly string[]
}

function readKind(own: KindDocument, index: number, given: KindGiven): ReadKind {
  const { document, directory, report, add, hasMock, lacksData, locate } = given
  const path = ['mix', index]
  if (kindKeys.every((key) => own[key] === undefined)) {
    report(path, `says nothing of its own. Give it one or more of ${kindKeys.join(', ')}.`)
  }
  const { url: base = '' } = document
  const stream = readStreamFormat(own.stream_format ?? document.stream_format)
  const target = readTarget(
    {
      url: own.url === undefined ? base : placeUrl(own.url, base),
      method: own.method ?? document.method,
      headers: overlayHeaders(toTexts(document.headers ?? {}), own.headers ?? {}),
      body: own.body === undefined ? document.body : own.body,
    },
    stream,
  )
  checkWholeKeys(
    keepKnown<Partial<BenchDocument>>({ stream_format: own.stream_format }),
    (inner, message, part) => report([...path, ...inner], message, part),
  )
  /** Where what is sent with it stands. */
  const origin = (inner: Path): Path => {
    const [key = '', name = ''] = inner
    const isOwn =
      key === 'headers' ? Object.hasOwn(own.headers ?? {}, name) : Object.hasOwn(own, key)
    return isOwn ? [...path, ...inner] : inner
  }
  const within: Locate = (inner, part) => locate(origin(inner), part)
  const pass = (issues: readonly Issue[]): void => {
    for (const issue of issues) add({ ...issue, path: origin(issue.path) })
  }
  if (own.url !== undefined) {
    pass(checkUrl(own.url, hasMock || base !== '', within))
    const [its, other] = [originOf(target.url), originOf(base)]
    if (its !== undefined && other !== undefined && its !== other) {
      const message = `is at ${its}, and url is at ${other}: a mix is sent to one server. Write its path alone, or a spec of its own.`
      report([...path, 'url'], message)
    }
  }
  const expect = readExpectation(own.expect ?? document.expect, {
    directory,
    stream,
    report: (inner, message, part) => report(origin(inner), message, part),
  })
  const { loaded, isOwn } = readRows(own, target, given)
  if (isOwn) {
    for (const { key, message } of loaded?.issues ?? []) {
      report([...path, 'data_source', key], message)
    }
  }
  const dataset = loaded?.dataset
  const lacksRows = loaded === undefined ? !isOwn && lacksData : dataset === undefined
  const hidden = loaded?.hidden ?? []
  if (!lacksRows) pass(checkPlaceholders(target, keepKnown<Columns>({ dataset, hidden }), within))
  pass(checkHeaders(target, dataset?.rows ?? [], within))
  const isIdle = isOwn && dataset !== undefined && !usesDataset(target)
  const { shuffle } = (isOwn ? own.data_source : document.data_source) ?? {}
  return {
    kind: keepKnown<Kind>({
      name: own.name,
      weight: 1,
      target,
      dataset,
      shuffle: dataset && shuffle,
      stream,
      expect,
    }),
    warnings: [
      ...(isOwn ? (loaded?.warnings ?? []) : []),
      ...(isIdle
        ? [
            `mix[${index}].data_source: no {{column}} of it is used, so every request of ${own.name} is the same.`,
          ]
        : []),
    ],
    hidden,
  }
}

/** A kind that uses no column of the rows of the document has none of them. */
function readRows(
  own: KindDocument,
  target: Target,
  { document, readData }: KindGiven,
): { loaded?: LoadedDataset | undefined; isOwn: boolean } {
  if (own.data_source !== undefined) return { loaded: readData(own.data_source), isOwn: true }
  const { data_source: source } = document
  if (source === undefined || !usesDataset(target)) return { isOwn: false }
  return { loaded: readData(source), isOwn: false }
}

/** A path is one at the origin of the other URL. */
function placeUrl(url: string, base: string): string {
  if (!url.startsWith('/') || url.startsWith('//')) return url
  return (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(base)?.[0] ?? '') + url
}

function originOf(url: string): string | undefined {
  return URL.parse(fillPlaceholders(url, 'x'))?.origin
}

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
