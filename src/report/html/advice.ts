import { cleanLine } from '../../bench-spec/plain-text.ts'
import type { DoubtDocument, Results, SloDocument } from '../../results/results.ts'
import { failureCell, issuesFirst, sloCells } from '../cells.ts'
import { truncate } from '../columns.ts'
import { formatCount } from '../units.ts'

/** What a reader needs before anything else, one sentence or two each. */
export interface Advice {
  /** Which SLO decided it, and by how much. */
  found: string
  /** Whether to believe it. */
  belief: string
  /** What to do. */
  action: string
}

export function advise(results: Results): Advice {
  return { found: nameFinding(results), belief: weigh(results), action: chooseAction(results) }
}

function nameFinding({ verdict, summary }: Results): string {
  const [first] = issuesFirst(verdict.slos)
  if (first === undefined) return 'The spec states no SLO.'
  const [failure] = summary.failures
  if (summary.requests.completed === 0 && failure !== undefined) {
    return `${failureCell(failure)}, the first one with: ${truncate(cleanLine(failure.sample), 300)}`
  }
  if (first.status === 'PASS') {
    const tightest = verdict.slos.toSorted((a, b) => headroom(a) - headroom(b))[0] ?? first
    return `Closest to its bound: ${compare(tightest)}.`
  }
  const others = verdict.slos.filter((slo) => slo !== first && slo.status === first.status)
  const also =
    others.length === 0 ? '' : ` Also: ${others.map((slo) => sloCells(slo).slo).join(', ')}.`
  return `${compare(first)}.${also}`
}

/** `ttft p95 <= 800ms: observed 912ms, +112ms (+14.0%), 38 of 300 beyond it`. */
function compare(slo: SloDocument): string {
  const { slo: text, observed, deviation, n } = sloCells(slo)
  if (slo.observed === null) return `${text}: nothing was observed`
  if (slo.relative !== null) return compareRelative(slo)
  const beyond =
    slo.exceedances === null || slo.unit === 'share' || slo.status === 'PASS'
      ? ''
      : `${formatCount(slo.exceedances)} of ${n} beyond it or failed`
  return `${text}: ${[`observed ${observed}`, deviation, beyond].filter((part) => part !== '').join(', ')}`
}

/** `ttft p95 <= baseline + 10%: observed 691ms, baseline 576ms, change (allowed) +20.0% (+10.0%), limits [+15.0%, +25.0%]`. */
function compareRelative(slo: SloDocument): string {
  const { slo: text, observed, baseline, deviation, interval } = sloCells(slo)
  const change = slo.relative?.change ?? null
  if (change === null) return `${text}: observed ${observed}, baseline ${baseline}, change unknown`
  const limits = interval === '' ? '' : `, limits ${interval}`
  return `${text}: observed ${observed}, baseline ${baseline}, change (allowed) ${deviation}${limits}`
}

/** Distance to the bound relative to the bound; of a share, to what it leaves. */
function headroom({ margin, bound, unit }: SloDocument): number {
  if (bound === null || margin === null || margin === 'infinite') return Infinity
  const whole = unit === 'share' ? Math.min(bound, 1 - bound) : bound
  return whole === 0 ? margin : margin / whole
}

function weigh({ verdict, diagnostics, end }: Results): string {
  const warnings = diagnostics.filter(({ level }) => level === 'warn').length
  const checks =
    warnings === 0
      ? 'The self-checks found nothing against it.'
      : `But ${formatCount(warnings)} ${warnings === 1 ? 'self-check warns' : 'self-checks warn'}: read below first.`
  if (end.kind === 'curtailed' && verdict.status !== 'ERROR') {
    return `${nameProof(verdict)} The run was ended early: no further request could have changed it. ${checks}`
  }
  if (end.kind !== 'finished') {
    const stands = verdict.status === 'FAIL' ? ', but what it disproved stays disproven' : ''
    return `The run is not whole${stands}. ${checks}`
  }
  if (verdict.status === 'ERROR') return `There was nothing to judge. ${checks}`
  return `${nameProof(verdict)} ${checks}`
}

function nameProof({ status, policy, confidence, slos }: Results['verdict']): string {
  const percent = Number((confidence * 100).toPrecision(6))
  if (policy === 'point') {
    return 'Decided by the observed values alone (policy point): another run may turn out otherwise.'
  }
  const decisive = slos.filter((slo) => slo.level === 'error' && slo.status === status)
  const point = decisive.some(({ method }) => method === 'point')
  if (status === 'INCONCLUSIVE') return `Neither proven nor disproven at ${percent} %.`
  const word = status === 'PASS' ? 'Proven' : 'Disproven'
  return `${word} at ${percent} %${point ? ', except where it says point' : ''}.`
}

function chooseAction(results: Results): string {
  const { verdict, summary, end } = results
  const gate = verdict.passed ? 'lets it through' : 'blocks it'
  const told = `Policy ${verdict.policy} ${gate} (exit code ${verdict.exit_code}).`
  if (end.kind === 'interrupted' || end.kind === 'crashed') {
    return `Run it again to its end. ${told}`
  }
  if (end.kind === 'exhausted') {
    return `Give this machine more files to open, or ask for fewer requests in flight. ${told}`
  }
  if (verdict.slos.length === 0) return `State an SLO in the spec. ${told}`
  switch (verdict.status) {
    case 'PASS':
      return `Nothing to do. ${told}`
    case 'FAIL':
      return `${nameCulprits(results)} ${told}`
    case 'ERROR': {
      const [most] = summary.failures
      const cause = most === undefined ? '' : `: most often ${failureCell(most)}`
      return `See that the target answers${cause}. ${told}`
    }
    default:
      return `${wayOut(results)} ${told}`
  }
}

/** Where to look after a miss: failures where they reached the percentile, else what changed or was slow. */
function nameCulprits({ verdict, summary }: Results): string {
  const [most] = summary.failures
  const missed = issuesFirst(verdict.slos)[0]
  const byFailures = missed?.observed === 'infinite' || missed?.unit === 'share'
  if (most !== undefined && byFailures) {
    return `Begin with the failures, most often ${failureCell(most)}, then see the slowest requests.`
  }
  return missed?.relative === null
    ? 'See what the slowest requests below have in common.'
    : 'Find what has changed since the baseline: both are set side by side below.'
}

function wayOut({ verdict, baseline, summary }: Results): string {
  if (baseline?.comparable === false) {
    return 'Measure the baseline anew on this machine with this workload.'
  }
  const more = Math.max(0, ...verdict.slos.map((slo) => countMore(slo, summary)))
  if (more > 0) return `About ${formatCount(more)} more requests would decide it.`
  const doubts = verdict.slos.flatMap(({ turns }) =>
    turns.flatMap((turn) => (turn.kind === 'doubt' ? [turn.doubt.kind] : [])),
  )
  if (doubts.includes('load-not-held') || doubts.includes('load-thinned')) {
    return 'Ask for as many requests in flight as this client can hold, and for enough of them to get there.'
  }
  if (doubts.includes('estimated-tokens')) {
    return 'Ask the server for usage, for example with stream_options.include_usage: events are not tokens.'
  }
  if (doubts.some((kind) => kind === 'prompts-repeat' || kind === 'prompts-cached')) {
    return 'Measure without a cache (cache: bust, and a seed of its own for each run), or say that it is meant (cache: allowed).'
  }
  return doubts.some((kind) => clientErrors.has(kind))
    ? "A bound further from the figure than the client's own error can be told here; a nearer one takes a client that is less late."
    : 'Read below why it cannot be told.'
}

/** Of all requests, where those of an SLO with tags are some of them. */
function countMore(slo: SloDocument, { requests }: Results['summary']): number {
  const more = slo.more_requests ?? 0
  if (slo.tags.length === 0 || slo.n === 0) return more
  return Math.ceil((more * (requests.total - requests.cancelled)) / slo.n)
}

const clientErrors: ReadonlySet<string> = new Set<DoubtDocument['kind']>([
  'client-late',
  'client-limited',
  'calibrated-error',
])
