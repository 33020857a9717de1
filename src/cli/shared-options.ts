import { resolve } from 'node:path'

import { keepKnown } from '../bench-spec/known.ts'
import type { Overrides } from '../bench-spec/overrides.ts'
import type { Policy } from '../bench-spec/spec.ts'
import type { JunitMode } from '../run/artifacts.ts'
import { keptRuns, keepVariable } from '../run/earlier-runs.ts'
import type { Preset, Switch, Valued } from './option.ts'
import { choice, jsonObject, text, wholeNumber } from './value-kind.ts'

export const config: Valued<string> = {
  short: 'c',
  value: text('FILE', 'files'),
  description: 'bench spec: YAML, JSON or JSONC',
}

export const url: Valued<string> = {
  short: 'u',
  value: text('URL'),
  description: "target; with `-c` it replaces the base of the spec's url and switches its mock off",
}

export const body: Valued<object> = {
  value: jsonObject,
  description: 'body of the requests where there is no spec; by default `{"stream": true}`',
}

export const requests: Valued<number> = {
  short: 'n',
  value: wholeNumber('N', 1),
  description: 'measured requests',
}

export const concurrency: Valued<number> = {
  short: 'p',
  value: wholeNumber('N', 1),
  description: 'requests in flight',
}

export const rate: Valued<string> = {
  value: text('RATE'),
  description: 'requests per second or minute, `20/s` or `600/min`, in place of requests in flight',
}

export const arrival: Valued<'constant' | 'poisson'> = {
  value: choice('ARRIVAL', ['constant', 'poisson']),
  description:
    'how requests come at the rate: `constant`, evenly, or `poisson`, as those of many users do',
}

export const maxConcurrency: Valued<number> = {
  value: wholeNumber('N', 1),
  description: 'the most requests in flight at a rate; one more waits and is sent late',
}

export const warmup: Valued<number> = {
  value: wholeNumber('N', 0),
  description: 'requests before the measured ones, which count nowhere; 0: none',
}

export const baseline: Valued<string> = {
  value: text('URL|FILE', 'files'),
  description:
    'what SLOs like `ttft p95 <= baseline + 10%` compare with: base of a second target, whose rounds alternate with those of the first, or `results.json` of an earlier run',
}

export const policy: Valued<Policy> = {
  value: choice<Policy>('POLICY', ['pr', 'release', 'point']),
  description:
    'what blocks: `pr` a proven miss, `release` whatever is not proven to hold, `point` the observed value alone',
}

export const out: Preset<string> = {
  value: text('DIR', 'folders'),
  variable: 'SLOGATE_OUT',
  default: '.vitest/slogate',
  description: 'folder for results',
}

export const keep: Preset<number> = {
  value: wholeNumber('N', 0),
  variable: keepVariable,
  default: keptRuns,
  description: 'earlier runs that are kept in `earlier/` of each folder; the oldest go first',
}

export const junit: Preset<JunitMode> = {
  value: choice<JunitMode>('MODE', ['rich', 'strict']),
  default: 'rich',
  description: '`rich`, or `strict`: only what strict schemas of JUnit allow',
}

export const quiet: Switch = { description: 'print no progress' }

/** What goes before what, of options that a spec and variables have as well. */
export const precedence: string = `Flags win over variables (${listVariables()}), these over the spec, the spec over the defaults.`

function listVariables(): string {
  return Object.keys({
    url,
    requests,
    concurrency,
    rate,
    arrival,
    max_concurrency: maxConcurrency,
    warmup,
    baseline,
    policy,
  })
    .map((name) => `\`SLOGATE_${name.toUpperCase()}\``)
    .join(', ')
}

interface Overriding {
  url?: string | undefined
  requests?: number | undefined
  concurrency?: number | undefined
  rate?: string | undefined
  arrival?: 'constant' | 'poisson' | undefined
  'max-concurrency'?: number | undefined
  warmup?: number | undefined
  baseline?: string | undefined
  policy?: Policy | undefined
}

/** The values that replace those of a spec. A baseline that is a file is relative to `cwd`. */
export function toOverrides(values: Overriding, cwd: string): Overrides {
  const { url, requests, concurrency, rate, arrival, warmup, baseline, policy } = values
  return keepKnown<Overrides>({
    url,
    requests,
    concurrency,
    rate,
    arrival,
    maxConcurrency: values['max-concurrency'],
    warmup,
    baseline: baseline === undefined ? undefined : resolveBaseline(baseline, cwd),
    policy,
  })
}

function resolveBaseline(text: string, cwd: string): string {
  return text.includes('://') ? text : resolve(cwd, text)
}
