import type { Generation } from './generation.ts'
import type { Options } from './options.ts'
import { profiles } from './profile.ts'

/** A request that is answered at once from the state of the server and leaves no record. */
export interface Endpoint {
  method: 'GET' | 'POST'
  /** `body` is text, JSON, or nothing. */
  reply(query: URLSearchParams): { status: number; body: unknown }
}

export function listEndpoints(
  options: Options,
  generation: Generation,
  isStarting: () => boolean,
): ReadonlyMap<string, Endpoint> {
  const profile = profiles[options.profile]
  const models = options.models ?? [profile.model]
  return new Map<string, Endpoint>([
    [
      '/v1/models',
      {
        method: 'GET',
        reply: () => ok({ object: 'list', data: models.map((id) => profile.renderModel(id)) }),
      },
    ],
    [
      '/health',
      {
        method: 'GET',
        reply: () =>
          isStarting() ? { status: 503, body: undefined } : ok(profile.renderHealth(options.queue)),
      },
    ],
    [
      '/__mock/truth',
      {
        method: 'GET',
        reply: (query) => {
          const records = generation.truth.list()
          if (query.get('format') !== 'jsonl') return ok(records)
          return ok(records.map((record) => `${JSON.stringify(record)}\n`).join(''))
        },
      },
    ],
    ['/__mock/stats', { method: 'GET', reply: () => ok(generation.stats()) }],
    [
      '/__mock/reset',
      {
        method: 'POST',
        reply: () => {
          generation.reset()
          return ok({})
        },
      },
    ],
  ])
}

function ok(body: unknown): { status: number; body: unknown } {
  return { status: 200, body }
}
