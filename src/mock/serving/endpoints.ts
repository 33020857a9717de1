import { profiles } from '../answer/profile.ts'
import { listControlEndpoints } from './control-endpoints.ts'
import {
  type Endpoint,
  type EndpointContext,
  renderEmpty,
  renderJson,
  type Reply,
} from './endpoint.ts'
import { listOllamaEndpoints } from './ollama-endpoints.ts'
import { listQwenEndpoints } from './qwen-endpoints.ts'
import { listVllmEndpoints } from './vllm-endpoints.ts'

/** By path. */
export function listEndpoints(context: EndpointContext): ReadonlyMap<string, Endpoint> {
  const { options, generation, isStarting } = context
  const profile = profiles[options.profile]
  const models = options.models ?? [profile.model]

  function replyHealth(): Reply {
    if (isStarting() || generation.isDead()) return renderEmpty(503)
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
    ...listOllamaEndpoints(models),
    ...(options.profile === 'vllm' ? listVllmEndpoints(context, replyHealth) : []),
    ...(options.profile === 'qwen-vllm' ? listQwenEndpoints(context) : []),
    ...listControlEndpoints(context),
  ])
}
