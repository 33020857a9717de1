import junit, { type Builder, type TestCase, type TestSuite } from 'junit-report-builder'

import { cleanLine } from '../bench-spec/plain-text.ts'
import { joinTags } from '../bench-spec/tag.ts'
import type { DependenceDocument, EndDocument, Results, SloDocument } from '../results/results.ts'
import { type Case, runCases } from './case.ts'
import { calibrationCell } from './cells.ts'
import { uniqueNames } from './names.ts'
import { explainSlo } from './sentence/slo.ts'

export interface JunitOptions {
  /**
   * `rich` puts facts into properties of each test case and names its file and line; `strict` keeps to what
   * the schemas of JUnit's readers allow and puts the same facts into the case's output.
   */
  mode: 'rich' | 'strict'
}

// The package's types declare an ES default export; what it exports is the builder itself.
const factory = junit as unknown as Builder

/** Runs as JUnit XML: a suite per run, a test case per SLO, no measured value in a name. */
export function renderJunit(results: readonly Results[], { mode }: JunitOptions): string {
  const builder = factory.newBuilder().name('slogate')
  const skips: string[] = []
  const lines: (number | undefined)[] = []
  const suiteNames = uniqueNames(results.map(({ spec }) => spec.name))
  for (const [index, run] of results.entries()) {
    const suiteName = suiteNames[index] ?? run.spec.name
    const suite = builder
      .testSuite()
      .name(suiteName)
      .timestamp(run.started_at.slice(0, 19))
      .time(Math.round(run.summary.wall_ms ?? 0) / 1000)
    addSuiteProperties(suite, run)
    const cases = runCases(run)
    const names = uniqueNames(cases.map(({ name }) => name))
    for (const [place, testCase] of cases.entries()) {
      const element = suite
        .testCase()
        .className(suiteName)
        .name(names[place] ?? testCase.name)
        .time(0)
      const file = mode === 'rich' ? run.spec.file : null
      if (file !== null) element.file(cleanLine(file))
      lines.push(file === null ? undefined : (testCase.slo?.line ?? undefined))
      addOutcome(element, testCase)
      if (testCase.outcome.kind === 'skipped') skips.push(testCase.outcome.message)
      addFacts(element, testCase, { mode, end: run.end })
    }
  }
  return finish(builder.build(), { skips, lines })
}

function sloProperties(slo: SloDocument, end: EndDocument): [string, string][] {
  const { interval, relative, allowance: _, dependence, reason, turns, tags, ...facts } = slo
  return present({
    ...facts,
    tags: tags.length === 0 ? null : joinTags(tags),
    design_effect_fail: dependence && inflation(dependence.fail),
    design_effect_pass: dependence && inflation(dependence.pass),
    reason: reason.kind,
    turns: turns.length === 0 ? null : turns.map(({ kind }) => kind).join(' '),
    why: explainSlo(slo, end),
    baseline: relative?.baseline ?? null,
    change: relative?.change ?? null,
    change_low: relative?.low ?? null,
    change_high: relative?.high ?? null,
    change_allowed: relative?.allowed ?? null,
    interval_low: interval?.low ?? null,
    interval_high: interval?.high ?? null,
  })
}

/** By which the variance is larger than chance makes it. */
function inflation(dependence: DependenceDocument): number {
  switch (dependence.kind) {
    case 'none':
      return 1
    case 'groups':
      return dependence.design_effect
    case 'bursts':
      return 2 * dependence.length - 1
  }
}

function addSuiteProperties(suite: TestSuite, results: Results): void {
  const { spec, target, load, verdict, ...run } = results
  const facts = present({
    slogate: run.tool.version,
    spec_file: spec.file,
    spec_sha256: spec.sha256,
    target: target.url,
    hermetic: target.hermetic,
    ...flowFacts(load),
    requests: run.summary.requests.total,
    warmup: run.summary.requests.warmup,
    failed: run.summary.requests.failed,
    ...sessionFacts(run.summary.sessions),
    left: run.summary.requests.leaving === 0 ? null : run.summary.requests.left,
    rounds: load.rounds,
    seed: load.seed,
    node: run.environment.node,
    cpu: run.environment.cpu,
    calibration: calibrationCell(results) ?? null,
    policy: verdict.policy,
    confidence: verdict.confidence,
    looks: `${verdict.looks.taken} of ${verdict.looks.planned}`,
    verdict: verdict.status,
  })
  for (const [name, value] of facts) suite.property(name, value)
}

function sessionFacts(sessions: Results['summary']['sessions']): Record<string, number | null> {
  if (sessions === null) return {}
  const { asked, completed, broken, turns_not_sent } = sessions
  return { sessions: asked, sessions_completed: completed, sessions_broken: broken, turns_not_sent }
}

function flowFacts(load: Results['load']): Record<string, number | string> {
  if (load.kind === 'closed') return { concurrency: load.concurrency }
  const { rate_per_second: rate, trace, max_concurrency } = load
  return {
    rate,
    ...(trace !== null && { trace: trace.format, speed: trace.speed }),
    max_concurrency,
  }
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

function addFacts(
  element: TestCase,
  { text, slo }: Case,
  { mode, end }: { mode: JunitOptions['mode']; end: EndDocument },
): void {
  const lines = text.map(plainBrackets)
  for (const [name, value] of slo ? sloProperties(slo, end) : []) {
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

/**
 * What the builder cannot say: it writes `skipped` on the root, where the schemas have none, leaves
 * no room for the message of a skipped case, and knows no line of a case. CDATA is passed over, it
 * may hold anything; elsewhere a `<` is markup.
 */
function finish(
  xml: string,
  { skips, lines }: { skips: readonly string[]; lines: readonly (number | undefined)[] },
): string {
  let skip = 0
  let testCase = 0
  return xml
    .replace(/(<testsuites[^>]*?) skipped="\d+"/, '$1')
    .replace(/<!\[CDATA\[[\s\S]*?\]\]>|<skipped\/>|<testcase /g, (found) => {
      if (found === '<skipped/>') return `<skipped message="${attribute(skips[skip++] ?? '')}"/>`
      if (found !== '<testcase ') return found
      const line = lines[testCase++]
      return line === undefined ? found : `${found}line="${line}" `
    })
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
