import { resolve } from 'node:path'

import type { BenchDocument } from './bench-document.ts'
import { createIssue, type Issue, type Locate, type Report } from './issue.ts'
import { keepKnown } from './known.ts'
import type { Baseline, Kind, MockOptions, Target } from './spec.ts'
import { checkHeaders, checkUrl, overlayHeaders, pathOf, rebaseUrl, toTexts } from './target.ts'
import { hasPlaceholder } from './template.ts'

interface Given<Stored> {
  /** Of the candidate. */
  target: Target
  mock: MockOptions | undefined
  /** Where files are relative to. */
  directory: string
  cellFolder: string | undefined
  report: Report
  readStored: ReadStored<Stored> | undefined
}

/** Reads a file of results by its absolute path; `problem` is to be read after the name of the file. */
export type ReadStored<Stored> = (path: string) => { results: Stored } | { problem: string }

type BaselineDocument = NonNullable<BenchDocument['baseline']>

const ways = ['url', 'mock', 'file'] as const

/** Reads the document's `baseline`; `undefined` where it is not there or makes no sense. */
export function readBaseline<Stored>(
  document: BaselineDocument | undefined,
  { target, mock, directory, cellFolder, report, readStored }: Given<Stored>,
): Baseline<Stored> | undefined {
  if (document === undefined) return undefined
  const found = ways.filter((way) => document[way] !== undefined)
  const [way] = found
  if (way === undefined || found.length > 1) {
    const got = way === undefined ? 'none' : found.join(' and ')
    report(
      ['baseline'],
      `must have one of ${ways.join(', ')}, got ${got}. For example baseline: { url: https://stable.example.com }.`,
    )
    return undefined
  }
  if (way === 'file') {
    const given = document.file ?? ''
    const source = cellFolder === undefined ? given : `${given}/${cellFolder}`
    for (const key of ['headers', 'body'] as const) {
      if (document[key] !== undefined) {
        report(['baseline', key], 'is sent nowhere where the baseline is a file. Remove it.', 'key')
      }
    }
    const read = readStored?.(resolve(directory, source)) ?? { problem: 'cannot be read here.' }
    if ('results' in read) return { kind: 'file', source, results: read.results }
    const advice =
      cellFolder === undefined ? '' : ' Of a matrix it is the folder of a run of the same cells.'
    report(['baseline', 'file'], `${source} ${read.problem}${advice}`)
    return undefined
  }
  if (way === 'mock') {
    if (mock === undefined) {
      const message =
        'is a second mock server, and the candidate is none. Add "mock: true", or write baseline: { url: … }.'
      report(['baseline', 'mock'], message, 'key')
      return undefined
    }
    const second = overlay(target, document, target.url)
    return { kind: 'interleaved', target: second, mock: { ...mock, ...document.mock } }
  }
  return {
    kind: 'interleaved',
    target: overlay(target, document, locateUrl(document.url ?? '', target.url)),
  }
}

/** The parts of the second target that the document gives, for checks of what is written there. */
export function ownParts({ url = '', headers = {}, body }: BaselineDocument): Target {
  return keepKnown<Target>({ url, method: '', headers: toTexts(headers), body })
}

/** What keeps a baseline from being requested. */
export function checkBaselineUrl({ url }: BaselineDocument, locate: Locate): Issue[] {
  return url === undefined ? [] : checkUrl(url, false, locate)
}

/**
 * What keeps a baseline from being sent a whole mix: it is one base for all kinds, and what it gives
 * them all cannot be filled from the rows of each.
 */
export function checkMixedBaseline(
  { url, headers = {}, body }: BaselineDocument,
  kinds: readonly Kind[],
  locate: Locate,
): Issue[] {
  const issues: Issue[] = []
  if (body !== undefined) {
    const message = 'would be that of every kind of the mix. Remove it: each sends its own to both.'
    issues.push(createIssue(locate, ['body'], message, 'key'))
  }
  const path = url === undefined ? '/' : (URL.parse(url)?.pathname ?? '/')
  for (const { name, target } of kinds) {
    const own = pathOf(target.url)
    if (own.length <= 1 || !path.endsWith(own)) continue
    const message = `ends with the path of kind ${name}, and each kind of a mix keeps its own path. Write what stands before ${own} alone.`
    issues.push(createIssue(locate, ['url'], message))
    break
  }
  const given = toTexts(headers)
  for (const [name, text] of Object.entries(given)) {
    if (!hasPlaceholder(text)) continue
    const message = `holds a {{column}}, and each kind of a mix has rows of its own. Write it in headers of a kind.`
    issues.push(createIssue(locate, ['headers', name], message))
  }
  return [...issues, ...checkHeaders({ url: '', method: '', headers: given }, [{}], locate)]
}

/** The kinds of a mix with what a second target gets of each: its headers, at its base. */
export function rebaseKinds(
  kinds: readonly Kind[],
  document: BaselineDocument | undefined,
  baseline: Baseline | undefined,
): readonly Kind[] {
  if (document === undefined || baseline?.kind !== 'interleaved') return kinds
  const { url, headers } = document
  return kinds.map((kind) => ({
    ...kind,
    baseline: overlay(
      kind.target,
      keepKnown<BaselineDocument>({ headers }),
      url === undefined || !URL.canParse(url) ? kind.target.url : rebaseUrl(kind.target.url, url),
    ),
  }))
}

/** A base alone gets the path of the candidate. */
function locateUrl(url: string, candidate: string): string {
  const parsed = URL.parse(url)
  const isBase = parsed !== null && parsed.pathname === '/' && parsed.search === ''
  return isBase ? rebaseUrl(candidate, url) : url
}

function overlay(target: Target, { headers = {}, body }: BaselineDocument, url: string): Target {
  const { body: shared, ...rest } = target
  const sent = body === undefined ? shared : (body ?? undefined)
  return keepKnown<Target>({
    ...rest,
    url,
    headers: overlayHeaders(target.headers, headers),
    body: sent,
  })
}
