import { cleanLine } from '../bench-spec/plain-text.ts'
import type { PlannedKind, PlannedTarget, PlannedTime, RunPlan } from '../bench-spec/run-plan.ts'
import type { Load } from '../bench-spec/spec.ts'
import { explainPlanned } from './sentence/repeats.ts'
import { formatCount, formatMs, formatValue } from './units.ts'

/** `50 requests and 10 of warm-up, 10 at a time, to http://127.0.0.1:8000/stream`, in one line. */
export function renderSending({ requests, duration, warmup, load, targets }: RunPlan): string {
  const measured =
    requests === undefined
      ? `as many requests as fit into ${formatMs(duration ?? 0)}`
      : `${count(requests, 'request')}${saySessions(load)}${duration === undefined ? '' : `, for ${formatMs(duration)} at the most`}`
  const warmed = warmup === 0 ? ', no warm-up' : ` and ${formatCount(warmup)} of warm-up`
  const places = targets.map(sayPlace)
  const where = places.length === 1 ? places.join('') : `each of ${places.join(' and ')}`
  return cleanLine(`${measured}${warmed}, ${sayFlow(load)}, to ${where}`)
}

/** What a run would send, what that may cost and how long it may take, in lines without indent. */
export function renderPlan(plan: RunPlan): string[] {
  const { targets, dataset, time, openFiles, load, reuse } = plan
  const rows = dataset === undefined ? [] : [`${count(dataset.rows, 'row')} of ${dataset.source}`]
  const others = targets.length > 1
  return [
    row('sends', renderSending(plan)),
    ...listStages(plan.load),
    ...plan.kinds.flatMap(listKind),
    ...(plan.kinds.length > 0 ? [] : targets).flatMap((target) => [
      row(
        'prompts',
        [...rows, sayPrompts(plan, target), ...(others ? [target.url] : [])].join(', '),
      ),
      row('answers', sayAnswers(plan, target)),
    ]),
    row('repeats', explainPlanned(reuse.cache, reuse.repetition)),
    row('takes', sayTime(time, plan)),
    row(
      'opens',
      `${count(openFiles.needed, 'file')} and connections${load.processes === undefined ? '' : ` in each of ${formatCount(load.processes)} load processes`}${openFiles.limit === undefined ? '' : `, of the ${formatCount(openFiles.limit)} that a process may have here (ulimit -n)`}`,
    ),
    ...(targets.some(({ place }) => place === 'remote')
      ? [
          row(
            'mind',
            'a target that is not on this machine: its limits on requests, and what they cost',
          ),
        ]
      : []),
  ]
}

function saySessions({ sessions }: Load): string {
  return sessions === undefined ? '' : ` of ${count(sessions, 'conversation')}`
}

/** `10 at a time`, `20 a second`. */
function sayFlow(load: Load): string {
  const what = load.sessions === undefined ? '' : ' conversations'
  if (load.kind === 'closed') {
    const who = load.thinkTime === undefined ? `${what} at a time` : ' users who think'
    return `${formatCount(load.concurrency)}${who}`
  }
  const { arrival } = load
  const pace =
    arrival.kind === 'trace'
      ? `when the ${arrival.format} trace says at ${arrival.speed}x (${formatValue(load.rate, '/s')} on average)`
      : `${formatCount(load.rate)}${what} a second`
  return `${pace}, at most ${formatCount(load.maxConcurrency)} at a time`
}

/** What is sent of a kind of a mix, and what that may cost. */
function listKind(kind: PlannedKind): string[] {
  const { name, share, requests, warmup, dataset, url } = kind
  const parts = [
    formatValue(share, 'share'),
    ...(requests === undefined
      ? []
      : [`${count(requests, 'request')} and ${formatCount(warmup)} of warm-up`]),
    ...(dataset === undefined ? [] : [`${count(dataset.rows, 'row')} of ${dataset.source}`]),
    url,
  ]
  return [
    row('kind', `${name}: ${parts.join(', ')}`),
    row('', `prompts ${sayPrompts(kind, kind)}`),
    row('', `answers ${sayAnswers(kind, kind)}`),
  ]
}

/** One line for each stage. */
function listStages({ kind, stages = [] }: Load): string[] {
  return stages.map(({ name, duration, ramp, from, to }, index) => {
    const unit = kind === 'closed' ? ' at a time' : '/s'
    const ramped = ramp === 0 ? '' : `, from ${from}${unit} within ${formatMs(ramp)}`
    const title = index === 0 ? 'stages' : ''
    return row(title, `${name}: ${to}${unit} for ${formatMs(duration)}${ramped}`)
  })
}

function row(name: string, text: string): string {
  return `${name.padEnd(9)}${cleanLine(text)}`
}

function sayPlace({ url, place }: PlannedTarget): string {
  // Of the target that a mock stands for, nothing but the path is used.
  return place === 'mock' ? `the bundled mock (${url.replace(/^[a-z]+:\/\/[^/]*/i, '')})` : url
}

function sayPrompts(plan: Sent, { promptTokens }: Pick<PlannedTarget, 'promptTokens'>): string {
  if (plan.talks) return 'their tokens are unknown before the turns are answered'
  if (promptTokens === undefined) return 'no prompt known in the body: their tokens are unknown'
  const all = sayAll(plan, promptTokens)
  const how = plan.dataset?.asked === undefined ? 'estimated by their characters' : 'as asked for'
  return `about ${count(Math.ceil(promptTokens), 'token')} each${all} (${how})`
}

function sayAnswers(plan: Sent, { outputTokens }: Pick<PlannedTarget, 'outputTokens'>): string {
  if (outputTokens === undefined) return 'no limit in the body: their tokens are unknown'
  const { key, tokens } = outputTokens
  return `at most ${count(Math.ceil(tokens), 'token')} each${sayAll(plan, tokens)} (${key})`
}

type Sent = Pick<RunPlan, 'requests' | 'warmup' | 'dataset'> & Partial<Pick<RunPlan, 'talks'>>

/** Of one target, warm-up included. */
function sayAll({ requests, warmup }: Sent, tokens: number): string {
  if (requests === undefined) return ''
  return `, ${formatCount(Math.ceil(tokens * (requests + warmup)))} in all`
}

function sayTime(time: PlannedTime, { load }: RunPlan): string {
  if (time.kind === 'asked') return `${formatSpan(time.ms)}, and until the last answers have ended`
  if (time.kind === 'pace') {
    return `about ${formatSpan(time.ms)}, at the pace of its run of ${time.startedAt} (${sayFlow(load)})`
  }
  return `unknown before a first run, at the most ${formatSpan(time.mostMs)}: each request would have to take its whole timeout`
}

/** Minutes and hours where seconds are no measure: `13s`, `25min`, `3.8h`. */
function formatSpan(ms: number): string {
  const minutes = ms / 60_000
  if (minutes < 2) return formatMs(ms)
  return minutes < 120 ? `${Math.round(minutes)}min` : `${(minutes / 60).toFixed(1)}h`
}

function count(number: number, word: string): string {
  return `${formatCount(number)} ${word}${number === 1 ? '' : 's'}`
}
