import type { Results } from '../../src/results/results.ts'
import { failed, hostile, run, runs, slo } from './_runs.ts'

type Setting = NonNullable<Results['cell']>['settings'][number]

function setting(key: string, text: string): Setting {
  const number = Number.parseFloat(text)
  return { key, text, number: Number.isNaN(number) ? null : number }
}

/** A run of a cell, `slowness` times as slow as a run that passes. */
function cell(
  number: number,
  count: number,
  settings: readonly Setting[],
  slowness: number,
  given: Parameters<typeof run>[0] = {},
): Results {
  const { summary, verdict } = runs.pass
  const scale = <T extends object | null>(figures: T): T =>
    figures &&
    (Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [
        name,
        name === 'count' || typeof value !== 'number' ? value : value * slowness,
      ]),
    ) as T)
  const rate = (value: number | null): number | null =>
    value && (value * (settings[0]?.number ?? 1)) / slowness / 10
  const own = settings.map(({ key, text }) => `${key}=${text}`).join(', ')
  return run({
    ...given,
    spec: { name: `chat [${own}]`, file: 'bench/chat.bench.yaml', sha256: null },
    cell: { bench: 'chat', settings: [...settings], number, count },
    summary: {
      ttft_ms: scale(summary.ttft_ms),
      latency_ms: scale(summary.latency_ms),
      requests_per_second: rate(summary.requests_per_second),
      output_tokens_per_second: rate(summary.output_tokens_per_second),
      ...given.summary,
    },
    verdict: {
      ...verdict,
      slos: verdict.slos.map((each) =>
        each.metric === 'ttft' && typeof each.observed === 'number'
          ? {
              ...each,
              observed: each.observed * slowness,
              interval: { low: 590 * slowness, high: 700 * slowness },
            }
          : each,
      ),
      ...given.verdict,
    },
  })
}

const missed = {
  status: 'FAIL',
  passed: false,
  exit_code: 1,
  slos: [slo({ ...failed, observed: 1210, interval: { low: 1100, high: 1340 } })],
} as const

/** Runs of the cells of a matrix, by what there is to see. */
export const swept = {
  passing: ['1', '8', '32'].map((value, index) =>
    cell(index + 1, 3, [setting('concurrency', value)], [0.3, 0.6, 0.9][index] ?? 1),
  ),
  missed: ['1', '8', '32', '128'].map((value, index) =>
    cell(
      index + 1,
      4,
      [setting('concurrency', value)],
      [0.3, 0.5, 0.9, 1.9][index] ?? 1,
      index === 3 ? { verdict: { ...missed, slos: [...missed.slos] } } : {},
    ),
  ),
  cut: [cell(1, 3, [setting('concurrency', '1')], 0.4)],
  pairs: ['1', '8', '32'].flatMap((value, row) =>
    ['100', '400'].map((requests, column) =>
      cell(
        row * 2 + column + 1,
        6,
        [setting('concurrency', value), setting('requests', requests)],
        0.3 * (row + 1) + 0.2 * column,
      ),
    ),
  ),
  words: ['constant', 'poisson', 'gamma:0.5'].map((value, index) =>
    cell(index + 1, 3, [setting('arrival', value)], 0.5 + index / 10),
  ),
  nothing: ['1', '2'].map((value, index) =>
    cell(index + 1, 2, [setting('concurrency', value)], 1, {
      summary: runs.noData.summary,
      verdict: runs.noData.verdict,
    }),
  ),
  hostile: ['1', '2'].map((value, index) => ({
    ...cell(index + 1, 2, [setting(hostile, value)], 1),
    spec: { name: hostile, file: hostile, sha256: null },
    target: { ...runs.pass.target, url: hostile },
    verdict: runs.hostile.verdict,
    cell: {
      bench: hostile,
      settings: [{ key: hostile, text: `${hostile}${value}`, number: null }],
      number: index + 1,
      count: 2,
    },
  })),
} satisfies Record<string, readonly Results[]>
