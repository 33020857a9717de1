import type { Clock } from '../latency/monotonic-clock.ts'
import { createStatistics } from '../metrics/statistics.ts'
import type { Truth } from '../metrics/truth.ts'
import { createVllmMetrics } from '../metrics/vllm-metrics.ts'
import { checkOptions, type Options, parseOptions } from '../options/options.ts'
import { expandScenario } from '../options/scenario.ts'
import { type Fields, isFields, renderProblem } from '../plan/fields.ts'
import { Refusal } from '../plan/refusal.ts'
import type { Config, Endpoint } from './endpoint.ts'
import { listEndpoints } from './endpoints.ts'
import { createGeneration, type Generation } from './generation.ts'

/** The options in force and what serves by them. */
export interface Control extends Config {
  current(): Service
}

export interface Service {
  options: Options
  generation: Generation
  /** Whether everything is still answered with 503. */
  isStarting(): boolean
  /** By path. */
  endpoints: ReadonlyMap<string, Endpoint>
}

/** @throws Error with one line per problem of the options. */
export function createControl(
  started: Fields,
  { truth, clock }: { truth: Truth; clock: Clock },
): Control {
  const statistics = createStatistics(truth, clock)
  const vllmMetrics = createVllmMetrics(truth)
  const startMs = clock.now()
  let written = started
  let service: Service | undefined

  const control: Control = {
    current: () => (service ??= serve(parseOptions(written))),
    describe: () => ({
      ...written,
      ...(written['api_key'] !== undefined && { api_key: '[api_key]' }),
    }),
    change(options, base = 'current') {
      if (!isFields(options)) throw new Refusal(400, 'The options are not a JSON object')
      const next = { ...(base === 'current' ? written : started), ...expandScenario(options) }
      const problems = checkOptions(next)
      if (problems.length > 0) throw new Refusal(400, problems.map(renderProblem).join('\n'))
      written = next
      service = undefined
    },
  }

  function serve(options: Options): Service {
    const readyMs = startMs + options.startDelay * options.latencyFactor
    const generation = createGeneration(options, written, { truth, clock })
    const isStarting = (): boolean => clock.now() < readyMs
    const state = {
      options,
      generation,
      truth,
      clock,
      config: control,
      statistics,
      vllmMetrics,
      isStarting,
    }
    return { options, generation, isStarting, endpoints: listEndpoints(state) }
  }

  control.current()
  return control
}
