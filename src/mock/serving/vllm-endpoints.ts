import { profiles } from '../answer/profile.ts'
import { parseBody, refuse } from '../dialect/body.ts'
import { prometheusType, renderFamilies } from '../metrics/prometheus.ts'
import { decodeToken, encodeToken, splitTokens } from '../plan/tokens.ts'
import {
  type Endpoint,
  type EndpointContext,
  mockVersion,
  renderJson,
  renderText,
  type Reply,
} from './endpoint.ts'

/** What the `vllm` profile tells of itself, by path. */
export function listVllmEndpoints(
  { options, generation, vllmMetrics }: EndpointContext,
  replyHealth: () => Reply,
): [path: string, Endpoint][] {
  const { model, tokenCap } = profiles.vllm
  const { stats } = generation
  const served = options.models?.[0] ?? model
  return [
    [
      '/metrics',
      {
        methods: ['GET'],
        reply: () => renderText(renderFamilies(vllmMetrics.list(stats(), served)), prometheusType),
      },
    ],
    ['/ping', { methods: ['GET', 'POST'], reply: replyHealth }],
    ['/version', { methods: ['GET'], reply: () => renderJson({ version: mockVersion }) }],
    [
      '/load',
      {
        methods: ['GET'],
        reply: () => {
          const { running, waiting } = stats()
          return renderJson({ server_load: running + waiting })
        },
      },
    ],
    ['/tokenize', { methods: ['POST'], reply: ({ body }) => renderJson(tokenize(body, tokenCap)) }],
    ['/detokenize', { methods: ['POST'], reply: ({ body }) => renderJson(detokenize(body)) }],
  ]
}

function tokenize(text: string, maxModelLen: number): object {
  const body = parseBody(text)
  const prompt = body['prompt']
  if (typeof prompt !== 'string') refuse('prompt', 'a text')
  const pieces = splitTokens(prompt)
  return {
    count: pieces.length,
    max_model_len: maxModelLen,
    tokens: pieces.map(encodeToken),
    token_strs: body['return_token_strs'] === true ? pieces : null,
  }
}

function detokenize(text: string): object {
  const ids: unknown = parseBody(text)['tokens']
  if (!Array.isArray(ids)) refuse('tokens', 'a list of token ids')
  const pieces = ids.map((id) => {
    const piece = typeof id === 'number' ? decodeToken(id) : undefined
    if (piece === undefined) refuse('tokens', 'ids that /tokenize gave')
    return piece
  })
  return { prompt: pieces.join('') }
}
