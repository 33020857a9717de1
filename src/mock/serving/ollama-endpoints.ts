import { type Endpoint, mockVersion, renderJson } from './endpoint.ts'

/** What Ollama's clients ask besides for answers, by path. */
export function listOllamaEndpoints(models: readonly string[]): [path: string, Endpoint][] {
  return [
    ['/api/version', { methods: ['GET'], reply: () => renderJson({ version: mockVersion }) }],
    [
      '/api/tags',
      {
        methods: ['GET'],
        reply: () => renderJson({ models: models.map((name) => ({ name, model: name, size: 0 })) }),
      },
    ],
  ]
}
