import junit, { type Builder, type TestCase, type TestSuite } from 'junit-report-builder'

import { endCell, sloCells } from './cells.ts'
import { cleanLine } from './plain-text.ts'
import type { Results, SloDocument } from './results.ts'

export interface JunitOptions {
  /**
   * `rich` puts facts into properties of each test case and names its file; `strict` keeps to what
   * the schemas of JUnit's readers allow and puts the same facts into the case's output.
   */
  mode: 'rich' | 'strict'
}

/** What a test case comes to: nothing to report, or one element. */
type Outcome =
  | { kind: 'passed' }
  | { kind: 'skipped'; message: string }
  | { kind: 'failure' | 'error'; type: string; message: string }

interface Case {
  name: string
  outcome: Outcome
  /** Lines that explain the outcome. */
  text: string[]
  properties: [name: string, value: string][]
}

// The package's types declare an ES default export; what it exports is the builder itself.
const factory = junit as unknown as Builder

/** Runs as JUnit XML: a suite per run, a test case per SLO, no measured value in a name. */
export function renderJunit(results: readonly Results[], { mode }: JunitOptions): string {
  const builder = factory.newBuilder().name('slogate')
  const skips: string[] = []
  const suiteNames = uniqueNames(results.map(({ spec }) => spec.name))
  for (const [index, run] of results.entries()) {
    const suiteName = suiteNames[index] ?? run.spec.name
    const suite = builder
      .testSuite()
      .name(suiteName)
      .timestamp(run.started_at.slice(0, 19))
      .time(Math.round(run.summary.duration_ms ?? 0) / 1000)
    addSuiteProperties(suite, run)
    const cases = runCases(run)
    const names = uniqueNames(cases.map(({ name }) => name))
    for (const [place, testCase] of cases.entries()) {
      const element = suite
        .testCase()
        .className(suiteName)
        .name(names[place] ?? testCase.name)
        .time(0)
      if (mode === 'rich' && run.spec.file !== null) element.file(cleanLine(run.spec.file))
      addOutcome(element, testCase)
      if (testCase.outcome.kind === 'skipped') skips.push(testCase.outcome.message)
      addFacts(element, testCase, mode)
    }
  }
  return finish(builder.build(), skips)
}

function runCases(run: Results): Case[] {
  const cases = run.verdict.slos.map((slo) => sloCase(slo, run))
  const blocked = cases.some(({ outcome }) => ['failure', 'error'].includes(outcome.kind))
  if (cases.length > 0 && (run.verdict.passed || blocked)) return cases
  // No SLO, or a gate that is closed for a reason that is no SLO's: never a report without a red case.
  const message =
    cases.length === 0 ? `no SLO: ${cleanLine(run.verdict.why)}` : cleanLine(run.verdict.why)
  const outcome: Outcome = { kind: 'error', type: errorType(run), message }
  return [...cases, { name: 'verdict', outcome, text: [message], properties: [] }]
}

function sloCase(slo: SloDocument, run: Results): Case {
  const cells = sloCells(slo)
  const end = endCell(run)
  const text = [
    `${cells.slo}: ${slo.status}`,
    `observed ${cells.observed} ${cells.deviation}`.trimEnd(),
    ...(cells.interval === '' ? [] : [`interval ${cells.interval}`]),
    ...(cells.over === '' ? [] : [`over/allowed ${cells.over}, n ${cells.n}`]),
    cleanLine(slo.why),
    ...(end === undefined ? [] : [end]),
  ]
  const message = `${cleanLine(slo.text)}: ${cleanLine(slo.why)}`
  return {
    name: cleanLine(slo.id),
    outcome: sloOutcome(slo, run, message),
    text,
    properties: sloProperties(slo),
  }
}

function sloOutcome(slo: SloDocument, run: Results, message: string): Outcome {
  if (slo.status === 'INCONCLUSIVE') {
    return slo.level === 'error' && run.verdict.policy === 'release'
      ? { kind: 'failure', type: 'Inconclusive', message }
      : { kind: 'skipped', message }
  }
  if (slo.status === 'PASS' || slo.level !== 'error') return { kind: 'passed' }
  return slo.status === 'FAIL'
    ? { kind: 'failure', type: 'SLOViolation', message }
    : { kind: 'error', type: errorType(run), message }
}

function errorType({ end, summary: { requests } }: Results): string {
  if (end.kind !== 'finished') return end.kind === 'interrupted' ? 'Interrupted' : 'Crashed'
  return requests.total > 0 && requests.completed === 0 ? 'Target' : 'NoData'
}

function sloProperties(slo: SloDocument): [string, string][] {
  const { interval, ...facts } = slo
  return present({
    ...facts,
    interval_low: interval?.low ?? null,
    interval_high: interval?.high ?? null,
  })
}

function addSuiteProperties(
  suite: TestSuite,
  { spec, target, load, verdict, ...run }: Results,
): void {
  const facts = present({
    slogate: run.tool.version,
    spec_file: spec.file,
    spec_sha256: spec.sha256,
    target: target.url,
    hermetic: target.hermetic,
    concurrency: load.concurrency,
    requests: run.summary.requests.total,
    failed: run.summary.requests.failed,
    rounds: load.rounds,
    seed: load.seed,
    node: run.environment.node,
    cpu: run.environment.cpu,
    policy: verdict.policy,
    confidence: verdict.confidence,
    verdict: verdict.status,
  })
  for (const [name, value] of facts) suite.property(name, value)
}

function present(
  facts: Readonly<Record<string, string | number | boolean | null>>,
): [string, string][] {
  return Object.entries(facts).flatMap(([name, value]) =>
    value === null ? [] : [[name, cleanLine(String(value))]],
  )
}

function addOutcome(element: TestCase, { outcome, text }: Case): void {
  const explanation = text.map(plainBrackets).join('\n')
  if (outcome.kind === 'failure') {
    element.failure(outcome.message, outcome.type).stacktrace(explanation)
  } else if (outcome.kind === 'error') {
    element.error(outcome.message, outcome.type, explanation)
  } else if (outcome.kind === 'skipped') {
    element.skipped()
  }
}

function addFacts(element: TestCase, { text, properties }: Case, mode: JunitOptions['mode']): void {
  const lines = text.map(plainBrackets)
  for (const [name, value] of properties) {
    if (mode === 'rich') element.property(name, value)
    else lines.push(`[[PROPERTY|${name}=${plainBrackets(value)}]]`)
  }
  element.standardOutput(lines.join('\n'))
}

/**
 * No doubled brackets: `[[ATTACHMENT|path]]` makes readers collect files, and of the ends of a CDATA
 * section that a text holds the builder parts only the first.
 */
function plainBrackets(text: string): string {
  return text.replace(/\[(?=\[)|\](?=\])/g, '$& ')
}

/** Readers take two cases of one name for one case that was run twice. */
function uniqueNames(names: readonly string[]): string[] {
  const seen = new Set<string>()
  return names.map((given) => {
    const name = cleanLine(given)
    let unique = name
    for (let copy = 2; seen.has(unique); copy += 1) unique = `${name} (${copy})`
    seen.add(unique)
    return unique
  })
}

/**
 * What the builder cannot say: it writes `skipped` on the root, where the schemas have none, and
 * leaves no room for the message of a skipped case. CDATA is passed over, it may hold anything.
 */
function finish(xml: string, skips: readonly string[]): string {
  let next = 0
  return xml
    .replace(/(<testsuites[^>]*?) skipped="\d+"/, '$1')
    .replace(/<!\[CDATA\[[\s\S]*?\]\]>|<skipped\/>/g, (found) =>
      found === '<skipped/>' ? `<skipped message="${attribute(skips[next++] ?? '')}"/>` : found,
    )
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
