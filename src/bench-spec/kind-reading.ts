import type { BenchDocument } from './bench-document.ts'
import { type FileSource, readFileSource } from './data-source.ts'
import type { LoadedDataset } from './dataset.ts'
import { readExpectation } from './expectation-reading.ts'
import type { Issue, Locate, Path, Report } from './issue.ts'
import { keepKnown } from './known.ts'
import { kindKeys } from './mix-schema.ts'
import type { Kind, Target } from './spec.ts'
import { readStreamFormat } from './stream-format.ts'
import { checkHeaders, checkUrl, overlayHeaders, readTarget, toTexts } from './target.ts'
import { checkPlaceholders, type Columns, fillPlaceholders, usesDataset } from './template.ts'
import { checkWholeKeys } from './whole-answer.ts'

export type KindDocument = NonNullable<BenchDocument['mix']>[number]

/** What kinds are read with. */
export interface KindScene {
  /** Where files are relative to. */
  directory: string
  /** Whether a mock stands for the target. */
  hasMock: boolean
  /** Whether the schema has refused the `data_source` of the document. */
  lacksData: boolean
  locate: Locate
  readData(source: FileSource): LoadedDataset
}

interface KindGiven extends KindScene {
  document: Partial<BenchDocument>
  report: Report
  add(issue: Issue): void
}

/** A kind without its weight, and what there is to be said of it. */
export interface ReadKind {
  kind: Omit<Kind, 'weight'>
  warnings: readonly string[]
  hidden: readonly string[]
}

/** What a kind says, and what the document says where it does not. */
export function readKind(own: KindDocument, index: number, given: KindGiven): ReadKind {
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
  const { loaded, isOwn } = readRows(own, target, path, given)
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
    kind: keepKnown<Omit<Kind, 'weight'>>({
      name: own.name,
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
  path: Path,
  { document, report, readData }: KindGiven,
): { loaded?: LoadedDataset | undefined; isOwn: boolean } {
  const isOwn = own.data_source !== undefined
  const source = own.data_source ?? (usesDataset(target) ? document.data_source : undefined)
  if (source === undefined) return { isOwn }
  const at = isOwn ? [...path, 'data_source'] : ['data_source']
  if (source.repeats !== undefined) {
    const message =
      'is of rows that are sent in their order, and a mix deals them by kind. Write cache: allowed or cache: bust for the whole mix.'
    report([...at, 'repeats'], message, 'key')
  }
  if (!isOfRows(source)) {
    if (isOwn) report([...at, 'type'], adviseRows(source))
    return { isOwn }
  }
  const file = readFileSource(source, at, report)
  return { loaded: file && readData(file), isOwn }
}

type Source = NonNullable<BenchDocument['data_source']>

/** Whether a mix can take rows of it in the order of its kinds. */
export function isOfRows({ type }: Source): boolean {
  return type === 'csv' || type === 'jsonl'
}

/** What is wrong with one that it cannot. */
export function adviseRows({ type }: Source): string {
  return `of type ${type} makes a load of its own. Write rows of a file in a mix, or a spec of its own for it.`
}

/** A path is one at the origin of the other URL. */
function placeUrl(url: string, base: string): string {
  if (!url.startsWith('/') || url.startsWith('//')) return url
  return (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(base)?.[0] ?? '') + url
}

function originOf(url: string): string | undefined {
  return URL.parse(fillPlaceholders(url, 'x'))?.origin
}
