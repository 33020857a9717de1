import type { Clock } from '../clock.ts'
import type { Generation } from '../generation.ts'
import type { Options } from '../options.ts'
import { profiles } from '../profile.ts'
import { renderEmpty, renderJson, renderText } from './endpoint.ts'
import type { Endpoint, Reply } from './endpoint.ts'
import { listQwenEndpoints } from './qwen.ts'
import { listVllmEndpoints } from './vllm.ts'

/** By path. */
export function listEndpoints(
  options: Options,
  generation: Generation,
  clock: Clock,
  isStarting: () => boolean,
): ReadonlyMap<string, Endpoint> {
  const profile = profiles[options.profile]
  const models = options.models ?? [profile.model]

  function replyHealth(): Reply {
    if (isStarting()) return renderEmpty(503)
    const health = profile.renderHealth(options.queue)
    return health === undefined ? renderEmpty() : renderJson(health)
  }

  return new Map<string, Endpoint>([
    [
      '/v1/models',
      {
        methods: ['GET'],
        reply: () =>
          renderJson({ object: 'list', data: models.map((id) => profile.renderModel(id)) }),
      },
    ],
    ['/health', { methods: ['GET'], reply: replyHealth }],
    ...(options.profile === 'vllm'
      ? listVllmEndpoints(options, generation, replyHealth)
      : listQwenEndpoints(options, generation, clock)),
    [
      '/__mock/truth',
      {
        methods: ['GET'],
        reply: ({ query }) => {
          const records = generation.truth.list()
          if (query.get('format') !== 'jsonl') return renderJson(records)
          const lines = records.map((record) => `${JSON.stringify(record)}\n`)
          return renderText(lines.join(''), 'application/x-ndjson')
        },
      },
    ],
    ['/__mock/stats', { methods: ['GET'], reply: () => renderJson(generation.stats()) }],
    [
      '/__mock/reset',
      {
        methods: ['POST'],
        reply: () => {
          generation.reset()
          return renderJson({})
        },
      },
    ],
  ])
}
