import { prometheusType, renderFamilies } from '../metrics/prometheus.ts'
import {
  listFamilies,
  renderCounters,
  renderMetrics,
  renderStats,
  type ServerState,
} from '../metrics/qwen-metrics.ts'
import {
  type Endpoint,
  type EndpointContext,
  prefersText,
  renderJson,
  renderText,
  type Reply,
} from './endpoint.ts'

/** What the `qwen-vllm` profile tells of itself, by path. */
export function listQwenEndpoints({
  options,
  generation,
  clock,
  statistics,
}: EndpointContext): [path: string, Endpoint][] {
  const view = (): ServerState => ({
    statistics,
    queue: generation.stats(),
    limits: options.queue,
    uptimeS: (clock.now() - statistics.sinceMs) / 1000,
    wallMs: performance.timeOrigin + performance.now(),
  })
  const replyPrometheus = (): Reply =>
    renderText(renderFamilies(listFamilies(view())), prometheusType)

  return [
    ['/stats', { methods: ['GET'], reply: () => renderJson(renderStats(view())) }],
    [
      '/api/v1/metrics',
      { methods: ['GET', 'POST'], reply: () => renderJson(renderMetrics(view())) },
    ],
    [
      '/metrics',
      {
        methods: ['GET'],
        reply: ({ query, accept }) =>
          query.get('format') === 'prometheus' || prefersText(accept)
            ? replyPrometheus()
            : renderJson(renderCounters(view())),
      },
    ],
    ['/metrics/prometheus', { methods: ['GET'], reply: replyPrometheus }],
  ]
}
