import { resolve } from 'node:path'

import type { BenchDocument } from './bench-document.ts'
import type { Locate, Report, Issue } from './issue.ts'
import { keepKnown } from './known.ts'
import type { Baseline, MockOptions, Target } from './spec.ts'
import { checkUrl, rebaseUrl } from './target.ts'

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

/** A base alone gets the path of the candidate. */
function locateUrl(url: string, candidate: string): string {
  const parsed = URL.parse(url)
  const isBase = parsed !== null && parsed.pathname === '/' && parsed.search === ''
  return isBase ? rebaseUrl(candidate, url) : url
}

function overlay(target: Target, { headers = {}, body }: BaselineDocument, url: string): Target {
  const own = toTexts(headers)
  const replaced = new Set(Object.keys(own).map((name) => name.toLowerCase()))
  const kept = Object.entries(target.headers).filter(([name]) => !replaced.has(name.toLowerCase()))
  const { body: shared, ...rest } = target
  const sent = body === undefined ? shared : (body ?? undefined)
  return keepKnown<Target>({
    ...rest,
    url,
    headers: { ...Object.fromEntries(kept), ...own },
    body: sent,
  })
}

function toTexts(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
