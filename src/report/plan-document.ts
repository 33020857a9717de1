import type { CacheRule } from '../bench-spec/cache-rule.ts'
import type { RunPlan } from '../bench-spec/run-plan.ts'
import type { Load } from '../bench-spec/spec.ts'

/** A plan as JSON: snake_case, units in the keys, `null` for what is not known. */
export function documentPlan(plan: RunPlan): object {
  const { name, slos, load, requests, duration, warmup, dataset, targets, reuse, time } = plan
  const total = (tokens: number | undefined, sent: Pick<RunPlan, 'requests' | 'warmup'> = plan) =>
    tokens === undefined || sent.requests === undefined
      ? null
      : Math.ceil(tokens * (sent.requests + sent.warmup))
  return {
    name,
    slos,
    ...documentFlow(load),
    requests: requests ?? null,
    sessions: load.sessions ?? null,
    warmup,
    duration_ms: duration ?? null,
    stages: (load.stages ?? []).map(({ name, duration: lasts, ramp, from, to }) => {
      return { name, duration_ms: lasts, ramp_ms: ramp, from, to }
    }),
    dataset: dataset ?? null,
    mix: plan.kinds.map((kind) => ({
      name: kind.name,
      share: kind.share,
      url: kind.url,
      requests: kind.requests ?? null,
      warmup: kind.warmup,
      dataset: kind.dataset ?? null,
      estimated_prompt_tokens: total(kind.promptTokens, kind),
      most_output_tokens: total(kind.outputTokens?.tokens, kind),
    })),
    targets: targets.map(({ url, place, promptTokens, outputTokens }) => ({
      url,
      place,
      estimated_prompt_tokens: total(promptTokens),
      most_output_tokens: total(outputTokens?.tokens),
    })),
    cache: reuse.cache === undefined ? null : documentCache(reuse.cache),
    repetition: reuse.repetition ?? null,
    expected_ms: time.kind === 'unknown' ? null : Math.round(time.ms),
    most_ms: time.kind === 'unknown' ? time.mostMs : null,
    paced_by: time.kind === 'pace' ? time.startedAt : null,
    open_files: { needed: plan.openFiles.needed, limit: plan.openFiles.limit ?? null },
  }
}

/** As a spec says it. */
function documentCache(cache: CacheRule): string | object {
  return cache.kind === 'shared' ? { shared: cache.tokens } : cache.kind
}

function documentFlow(load: Load): object {
  if (load.kind === 'closed') return { concurrency: load.concurrency }
  const { rate, arrival, maxConcurrency } = load
  return {
    rate_per_second: rate,
    trace: arrival.kind === 'trace' ? { format: arrival.format, speed: arrival.speed } : null,
    max_concurrency: maxConcurrency,
  }
}
