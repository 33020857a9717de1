import type { Clock } from '../latency/monotonic-clock.ts'
import { createStatistics } from '../metrics/statistics.ts'
import type { Truth } from '../metrics/truth.ts'
import { createVllmMetrics } from '../metrics/vllm-metrics.ts'
import { type Options, parseOptions } from '../options/options.ts'
import { expandScenario } from '../options/scenario.ts'
import { type Fields, isFields } from '../plan/fields.ts'
import { keepKnown } from '../plan/known.ts'
import { Refusal } from '../plan/refusal.ts'
import type { Config, Endpoint } from './endpoint.ts'
import { listEndpoints } from './endpoints.ts'
import { createGeneration, type Generation } from './generation.ts'
import { findOwnScript } from './own-script.ts'

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

/**
 * `folder`: where scripts may be that are named while it runs.
 *
 * @throws Error with one line per problem of the options.
 */
export function createControl(
  started: Fields,
  { truth, clock, folder }: { truth: Truth; clock: Clock; folder: string },
): Control {
  const statistics = createStatistics(truth, clock)
  const vllmMetrics = createVllmMetrics(truth)
  const startMs = clock.now()
  let written = started

  const control: Control = {
    current: () => service,
    describe: () =>
      keepKnown<Fields>({
        ...written,
        api_key: written['api_key'] === undefined ? undefined : '[api_key]',
      }),
    change(options, base = 'current') {
      if (!isFields(options)) throw new Refusal(400, 'The options are not a JSON object')
      const layer = expandScenario(options)
      const { script } = layer
      const own = typeof script === 'string' ? { script: findOwnScript(folder, script) } : {}
      const next = { ...(base === 'current' ? written : started), ...layer, ...own }
      const parsed = parseOptions(next, (message) => new Refusal(400, message))
      service = serve(next, parsed)
      written = next
    },
  }

  function serve(given: Fields, options: Options): Service {
    const readyMs = startMs + options.startDelay * options.latencyFactor
    const generation = createGeneration(options, given, { truth, clock })
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

  let service = serve(started, parseOptions(started))
  return control
}
