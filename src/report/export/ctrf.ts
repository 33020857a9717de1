import { keepKnown } from '../../bench-spec/known.ts'
import { cleanLine } from '../../bench-spec/plain-text.ts'
import { joinTags } from '../../bench-spec/tag.ts'
import type { Results } from '../../results/results.ts'
import { type Case, runCases } from '../case.ts'
import { uniqueNames } from '../names.ts'
import { specNames } from './exported-series.ts'

type Status = 'passed' | 'failed' | 'other'

interface Test {
  name: string
  status: Status
  /** ms; the SLOs of a run were measured together, so one has no time of its own. */
  duration: number
  start: number
  stop: number
  suite: string[]
  rawStatus?: string
  message?: string
  trace?: string
  filePath?: string
  line?: number
  tags?: string[]
  extra?: object
}

/**
 * Runs as a report of the Common Test Report Format: a test per SLO, INCONCLUSIVE as `other` unless
 * the policy blocks it.
 */
export function renderCtrf(runs: readonly Results[]): string {
  const names = specNames(runs)
  const tests = runs.flatMap((run, index) => listTests(run, names[index] ?? run.spec.name))
  const count = (status: Status): number => tests.filter((test) => test.status === status).length
  const [first] = runs
  const report = {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    generatedBy: 'slogate',
    results: {
      tool: { name: 'slogate', version: first?.tool.version },
      summary: {
        tests: tests.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: 0,
        pending: 0,
        other: count('other'),
        suites: runs.length,
        start: Math.min(...tests.map(({ start }) => start)),
        stop: Math.max(...tests.map(({ stop }) => stop)),
      },
      tests,
    },
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

function listTests(run: Results, spec: string): Test[] {
  const cases = runCases(run)
  const names = uniqueNames(cases.map(({ name }) => name))
  const time = { start: Date.parse(run.started_at), stop: Date.parse(run.finished_at) }
  const { file } = run.spec
  return cases.map(({ name, outcome, text, slo }, index) =>
    keepKnown<Test>({
      name: names[index] ?? 'verdict',
      status: toStatus(outcome.kind),
      duration: 0,
      ...time,
      suite: [spec],
      message: outcome.kind === 'passed' ? undefined : afterName(outcome.message, name),
      trace: outcome.kind === 'passed' ? undefined : text.join('\n'),
      filePath: file === null ? undefined : cleanLine(file),
      rawStatus: slo?.status,
      line: slo?.line ?? undefined,
      tags: slo && [slo.level, slo.metric, ...slo.tags.map((tag) => joinTags([tag]).slice(1, -1))],
      extra: slo && {
        observed: slo.observed,
        bound: slo.bound,
        unit: slo.unit,
        n: slo.n,
        interval: slo.interval,
      },
    }),
  )
}

/** Readers show the name before the message. */
function afterName(message: string, name: string): string {
  return message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message
}

function toStatus(kind: Case['outcome']['kind']): Status {
  if (kind === 'passed') return 'passed'
  return kind === 'skipped' ? 'other' : 'failed'
}
